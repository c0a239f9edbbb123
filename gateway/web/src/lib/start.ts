// How every page begins.

import '../app.css';
import { mount, type Component } from 'svelte';
import { language, speak } from './i18n.svelte';
import { paint, theme } from './theme.svelte';

export function start(page: Component) {
  speak(language());
  paint(theme());
  const target = document.getElementById('app');
  if (target) mount(page, { target });
}
