;;; docstring-ls-tests.el --- The real server in a real Emacs  -*- lexical-binding: t; -*-

;; DOCSTRING_LS=path/to/docstring-ls editors/emacs/tests/run

;;; Code:

(require 'cl-lib)
(require 'ert)
(when (< emacs-major-version 29)
  (package-initialize))                 ; Eglot is a package there
(require 'docstring-ls)
(require 'eglot)
(require 'python)

(setq docstring-ls-command (list (or (getenv "DOCSTRING_LS") "docstring-ls") "serve")
      eglot-sync-connect 30
      eglot-confirm-server-initiated-edits nil
      eglot-send-changes-idle-time 0.02
      make-backup-files nil
      create-lockfiles nil)
(with-suppressed-warnings ((free-vars eglot-confirm-server-edits))
  (setq eglot-confirm-server-edits nil))

(defconst docstring-ls-tests-text "def add(a, b):\n    return a + b\n")

(defun docstring-ls-tests-wait (what)
  "Wait until WHAT is true."
  (let ((end (+ (float-time) 30)) found)
    (while (and (not (setq found (funcall what))) (< (float-time) end))
      (accept-process-output nil 0.02))
    found))

(defun docstring-ls-tests-has (text)
  "Wait until TEXT is in the buffer."
  (docstring-ls-tests-wait
   (lambda () (save-excursion (goto-char (point-min)) (search-forward text nil t)))))

(defmacro docstring-ls-tests-in-file (text &rest body)
  "Open a file with TEXT, start the server, go to the first \"add\" and do BODY."
  (declare (indent 1) (debug t))
  `(let* ((dir (file-truename (make-temp-file "docstring-ls" t)))
          (file (expand-file-name "sample.py" dir))
          (inhibit-message t))
     (with-temp-file file (insert ,text))
     (unwind-protect
         (with-current-buffer (find-file-noselect file)
           (switch-to-buffer (current-buffer))
           (buffer-enable-undo)
           (call-interactively #'eglot)
           (let ((server (eglot-current-server)))
             (unwind-protect
                 (progn
                   (goto-char (point-min))
                   (search-forward "add")
                   (undo-boundary)
                   ,@body)
               (set-buffer-modified-p nil)
               (eglot-shutdown server)
               (should (docstring-ls-tests-wait (lambda () (not (jsonrpc-running-p server)))))
               (kill-buffer))))
       (delete-directory dir t))))

(ert-deftest docstring-ls-tests-hover ()
  "The hover shows what would be inserted."
  (docstring-ls-tests-in-file docstring-ls-tests-text
    (let ((hover (jsonrpc-request server :textDocument/hover (eglot--TextDocumentPositionParams))))
      (should (string-search "Args:" (format "%S" hover))))))

(ert-deftest docstring-ls-tests-action ()
  "The action inserts it, and one undo takes it back."
  (docstring-ls-tests-in-file docstring-ls-tests-text
    (cl-letf ((last-nonmenu-event ?x)
              ((symbol-function 'completing-read)
               (lambda (_prompt titles &rest _)
                 (cl-find "Generate docstring" (all-completions "" titles) :test #'equal))))
      (eglot-code-actions (point) (point) nil t))
    (should (docstring-ls-tests-has "    Args:\n        a: "))
    (undo-boundary)
    (undo)
    (should (equal (buffer-string) docstring-ls-tests-text))))

(ert-deftest docstring-ls-tests-generate ()
  "The command inserts it, in the style that is asked for."
  (docstring-ls-tests-in-file docstring-ls-tests-text
    (docstring-ls-generate "numpy")
    (should (docstring-ls-tests-has "    Parameters\n    ----------\n"))))

(ert-deftest docstring-ls-tests-generate-all ()
  "Every docstring that is missing comes in one edit."
  (docstring-ls-tests-in-file (concat docstring-ls-tests-text "\n\ndef mul(a, b):\n    return a * b\n")
    (docstring-ls-generate-all)
    (should (docstring-ls-tests-has "def mul(a, b):\n    \"\"\""))
    (should (docstring-ls-tests-has "def add(a, b):\n    \"\"\""))))

(defconst docstring-ls-tests-drifted
  "def add(a, b):\n    \"\"\"Add.\n\n    Args:\n        a: The one.\n    \"\"\"\n    print(a + b)\n"
  "A docstring that does not say what `b' is.")

(ert-deftest docstring-ls-tests-update ()
  "A parameter that is missing is added."
  (docstring-ls-tests-in-file docstring-ls-tests-drifted
    (docstring-ls-update)
    (should (docstring-ls-tests-has "        a: The one.\n        b: "))))

(ert-deftest docstring-ls-tests-convert ()
  "A docstring is laid out in another style, here all of the buffer."
  (docstring-ls-tests-in-file docstring-ls-tests-drifted
    (docstring-ls-convert "sphinx" t)
    (should (docstring-ls-tests-has "    :param a: The one.\n"))))

(ert-deftest docstring-ls-tests-preview ()
  "A preview is inserted after a yes, and only then."
  (docstring-ls-tests-in-file docstring-ls-tests-text
    (cl-letf (((symbol-function 'y-or-n-p) #'ignore))
      (docstring-ls-preview))
    (should (equal (buffer-string) docstring-ls-tests-text))
    (let (asked)
      (cl-letf (((symbol-function 'y-or-n-p) (lambda (prompt) (setq asked prompt))))
        (docstring-ls-preview "sphinx"))
      (should (string-search "sphinx, offline" asked)))
    (should (docstring-ls-tests-has "    :param a: "))))

(ert-deftest docstring-ls-tests-metrics ()
  "The report is shown."
  (docstring-ls-tests-in-file docstring-ls-tests-text
    (docstring-ls-metrics)
    (should (docstring-ls-tests-wait (lambda () (get-buffer "*docstring-ls metrics*"))))
    (with-current-buffer "*docstring-ls metrics*"
      (should (string-search "# docstring-ls" (buffer-string))))))

(ert-deftest docstring-ls-tests-no-server ()
  "Without a server there is a hint."
  (with-temp-buffer
    (should-error (docstring-ls-generate) :type 'user-error)))

(provide 'docstring-ls-tests)
;;; docstring-ls-tests.el ends here
