;;; docstring-ls.el --- Eglot configuration for docstring-ls  -*- lexical-binding: t; -*-

;; For Eglot 1.9 (Emacs 28) and newer. `M-x eglot' in a Python or Rust buffer starts
;; the server; `M-x eglot-code-actions' on a function offers "Generate docstring".
;; Eglot runs one server for a buffer: this one takes the place of another.

(with-eval-after-load 'eglot
  (add-to-list 'eglot-server-programs
               '((python-mode rust-mode) . ("docstring-ls" "serve"))))

;;; docstring-ls.el ends here
