" docstring-ls for Vim with ALE: source this from your vimrc. Run in CI with Vim 9.0 and
" ALE 3.3.0 (editors/vim/tests/drive.py).
"
" :ALEHover on the name of a function previews its docstring, :ALECodeAction offers to
" insert it. ALE takes edits with an action only: what a server sends by itself (jobs,
" progress) it does not know, so a remote provider's docstring comes here only after it
" was made elsewhere; the embedded provider's is always there.

if !exists('g:docstring_ls_command')
  let g:docstring_ls_command = ['docstring-ls', 'serve']
endif

function! s:Root(buffer) abort
  for l:name in ['docstring-ls.toml', '.docstring-ls.toml', 'pyproject.toml', 'Cargo.toml']
    let l:found = ale#path#FindNearestFile(a:buffer, l:name)
    if !empty(l:found)
      return fnamemodify(l:found, ':h')
    endif
  endfor
  let l:git = ale#path#FindNearestDirectory(a:buffer, '.git')
  return empty(l:git) ? fnamemodify(bufname(a:buffer), ':p:h') : fnamemodify(l:git, ':h:h')
endfunction

function! s:Define() abort
  for l:language in ['python', 'rust']
    call ale#linter#Define(l:language, {
    \ 'name': 'docstring_ls',
    \ 'lsp': 'stdio',
    \ 'executable': g:docstring_ls_command[0],
    \ 'command': '%e ' . join(map(copy(g:docstring_ls_command[1:]), 'ale#Escape(v:val)')),
    \ 'project_root': function('s:Root'),
    \ 'language': l:language,
    \})
  endfor
endfunction

" ALE's own functions are there once Vim has started.
if v:vim_did_enter
  call s:Define()
else
  autocmd VimEnter * ++once call s:Define()
endif
