" Drives a real Vim 9 with ALE; see drive.py, which gives it a terminal.
set nocompatible hidden nomore noswapfile
filetype plugin on
set runtimepath^=/usr/share/vim-ale
let g:ale_linters = {'python': ['docstring_ls']}
let g:ale_lint_delay = 10
let g:ale_hover_cursor = 0
let g:ale_hover_to_preview = 1
let g:docstring_ls_command = [$DOCSTRING_LS, 'serve']
exe 'source ' . fnameescape(expand('<sfile>:p:h:h') . '/docstring-ls.vim')
runtime plugin/ale.vim

let s:lines = []
let s:failed = 0
let s:text = ['def add(a, b):', '    return a + b']

func s:Check(what, good, found)
  let s:failed += a:good ? 0 : 1
  call add(s:lines, (a:good ? 'ok' : 'not ok') . ' - ' . a:what . (a:good ? '' : '  # ' . string(a:found)))
endfunc
func s:Wait(Condition)
  for l:tick in range(600)
    if a:Condition()
      return 1
    endif
    sleep 50m
  endfor
  return 0
endfunc
func s:Text()
  return join(getbufline(s:buf, 1, '$'), "\n")
endfunc
func s:Preview()
  for l:window in range(1, winnr('$'))
    if getwinvar(l:window, '&previewwindow')
      return join(getbufline(winbufnr(l:window), 1, '$'), "\n")
    endif
  endfor
  return ''
endfunc
func s:Finish()
  call writefile(s:lines, $RESULT)
  exe s:failed ? 'cquit!' : 'qall!'
endfunc
func s:Hovered()
  ALEHover
  for l:tick in range(20)
    if stridx(s:Preview(), 'Args:') >= 0
      return 1
    endif
    sleep 50m
  endfor
  return 0
endfunc

func s:Run(...)
  try
    exe 'edit ' . fnameescape($SAMPLE)
    let s:buf = bufnr('%')
    call cursor(1, 5)
    ALELint
    call s:Check('hover in the preview window', s:Wait(function('s:Hovered')), s:Preview())
    pclose
    " An action is chosen from a list, also when there is one only.
    call feedkeys("1\<CR>", 'L')
    ALECodeAction
    call s:Wait({-> stridx(s:Text(), 'Args:') >= 0})
    call s:Check('the action inserts it', stridx(s:Text(), "    Args:\n        a: ") >= 0, s:Text())
    silent undo
    call s:Check('one undo takes it back', getbufline(s:buf, 1, '$') == s:text, s:Text())
  catch
    call s:Check('no exception', 0, v:exception . ' ' . v:throwpoint)
  endtry
  call s:Finish()
endfunc
" Not while Vim is still starting.
autocmd VimEnter * call timer_start(1, function('s:Run'))
