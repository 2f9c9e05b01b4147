;;; docstring-ls.el --- Docstrings for Python and Rust, through Eglot  -*- lexical-binding: t; -*-

;; Version: 0.1.0
;; Package-Requires: ((emacs "28.1") (eglot "1.9"))
;; Keywords: languages, docs, tools

;;; Commentary:

;; Loading this file tells Eglot about the server: `M-x eglot' in a Python or Rust buffer
;; starts it, `M-x eglot-code-actions' on a function offers "Generate docstring".  The
;; commands below are the rest: `docstring-ls-generate', `docstring-ls-preview',
;; `docstring-ls-update', `docstring-ls-convert', `docstring-ls-generate-all',
;; `docstring-ls-cancel', `docstring-ls-metrics'.  No key is bound.
;;
;; Eglot runs one server for a buffer: this one takes the place of another.

;;; Code:

(require 'cl-lib)

(defvar eglot-server-programs)
(declare-function eglot-current-server "eglot")
(declare-function eglot--TextDocumentPositionParams "eglot")
(declare-function eglot--apply-text-edits "eglot")
(declare-function jsonrpc-async-request "jsonrpc")
(declare-function jsonrpc-request "jsonrpc")

(defgroup docstring-ls nil
  "Docstrings for Python and Rust."
  :group 'tools
  :prefix "docstring-ls-")

(defcustom docstring-ls-command '("docstring-ls" "serve")
  "The program and its arguments."
  :type '(repeat string))

(defcustom docstring-ls-modes '(python-mode python-ts-mode rust-mode rust-ts-mode)
  "The major modes that Eglot starts the server for."
  :type '(repeat symbol))

(defconst docstring-ls-styles '("google" "numpy" "sphinx" "epytext" "pep257")
  "The styles of Python docstrings.")

(defvar docstring-ls--jobs nil
  "The jobs that were started: (SERVER . ID), the newest first.")

(with-eval-after-load 'eglot
  (add-to-list 'eglot-server-programs
               ;; Read when a server is started, so that `setq' afterwards counts.
               (cons docstring-ls-modes (lambda (&rest _) docstring-ls-command))))

(defun docstring-ls--server ()
  "The server of this buffer."
  (or (and (fboundp 'eglot-current-server) (eglot-current-server))
      (user-error "No server here: M-x eglot starts it")))

(defun docstring-ls--execute (command arguments done)
  "Run the server's COMMAND with the plist ARGUMENTS, then call DONE on the answer."
  (jsonrpc-async-request
   (docstring-ls--server) :workspace/executeCommand
   (list :command (concat "docstring-ls." command)
         :arguments (if arguments (vector arguments) []))
   ;; Not before the buffer's changes are sent.
   :deferred t
   :success-fn done
   :error-fn (lambda (err)
               (message "docstring-ls: %s" (plist-get err :message)))))

(defun docstring-ls--change (command whole-file &rest more)
  "Start the job COMMAND at point, or of the WHOLE-FILE, with MORE arguments."
  (let* ((server (docstring-ls--server))
         (place (eglot--TextDocumentPositionParams))
         (uri (plist-get (plist-get place :textDocument) :uri)))
    (docstring-ls--execute
     command
     (append (list :uri uri)
             (unless whole-file (list :position (plist-get place :position)))
             (cl-loop for (key value) on more by #'cddr
                      when value append (list key value)))
     (lambda (answer)
       (when (plist-get answer :jobId)
         (push (cons server (plist-get answer :jobId)) docstring-ls--jobs))))))

(defun docstring-ls--read-style ()
  "Ask for a style."
  (completing-read "Style: " docstring-ls-styles nil t))

;;;###autoload
(defun docstring-ls-generate (&optional style)
  "Generate the docstring of the symbol at point; with a prefix argument in STYLE."
  (interactive (list (and current-prefix-arg (docstring-ls--read-style))))
  (docstring-ls--change "generate" nil :style style))

;;;###autoload
(defun docstring-ls-generate-all (&optional style)
  "Generate every missing docstring of the buffer; with a prefix argument in STYLE."
  (interactive (list (and current-prefix-arg (docstring-ls--read-style))))
  (docstring-ls--change "generateAll" t :style style))

;;;###autoload
(defun docstring-ls-update (&optional whole-file)
  "Make the docstring at point agree with the code again.
With a prefix argument, every one of the WHOLE-FILE."
  (interactive "P")
  (docstring-ls--change "update" whole-file))

;;;###autoload
(defun docstring-ls-convert (style &optional whole-file)
  "Convert the docstring at point into STYLE.
With a prefix argument, every one of the WHOLE-FILE."
  (interactive (list (docstring-ls--read-style) current-prefix-arg))
  (docstring-ls--change "convert" whole-file :style style))

;;;###autoload
(defun docstring-ls-cancel ()
  "Cancel the jobs that were started here."
  (interactive)
  (let ((server (docstring-ls--server)))
    (pcase-dolist (`(,of . ,id) docstring-ls--jobs)
      (when (eq of server)
        (docstring-ls--execute "cancel" (list :jobId id) #'ignore)))
    (setq docstring-ls--jobs
          (cl-remove server docstring-ls--jobs :key #'car))))

;;;###autoload
(defun docstring-ls-preview (&optional style)
  "Show the docstring for the symbol at point, and insert it after a yes.
With a prefix argument in STYLE."
  (interactive (list (and current-prefix-arg (docstring-ls--read-style))))
  (let* ((answer (jsonrpc-request
                  (docstring-ls--server) :docstring-ls/preview
                  (append (eglot--TextDocumentPositionParams) (and style (list :style style)))
                  :timeout 60 :cancel-on-input nil))
         (tick (buffer-chars-modified-tick)))
    (save-window-excursion
      (docstring-ls--show "*docstring*" (plist-get answer :docstring))
      (when (y-or-n-p (format "Insert this (%s, %s)? "
                              (plist-get answer :style) (plist-get answer :provider)))
        (unless (= tick (buffer-chars-modified-tick))
          (user-error "The code changed since the preview; nothing was inserted"))
        (eglot--apply-text-edits (plist-get answer :edits))))))

;;;###autoload
(defun docstring-ls-metrics ()
  "Show what the providers did."
  (interactive)
  (docstring-ls--execute
   "metrics" nil
   (lambda (report) (docstring-ls--show "*docstring-ls metrics*" report))))

(defun docstring-ls--show (name text)
  "Show TEXT in the buffer NAME."
  (with-current-buffer (get-buffer-create name)
    (let ((inhibit-read-only t))
      (erase-buffer)
      (insert text)
      (goto-char (point-min)))
    (special-mode)
    (display-buffer (current-buffer))))

(provide 'docstring-ls)
;;; docstring-ls.el ends here
