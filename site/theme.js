/* Runs before the first paint: the theme chosen on this device, if one was. */
try {
  const theme = localStorage.getItem('doorstep.theme')
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme
} catch {
  /* Storage may be switched off; then the system decides. */
}
