'use strict';
const data = JSON.parse(document.getElementById('data').textContent);
const page = document.getElementById('page');
// Okabe and Ito's colours, told apart by people with any kind of colour vision.
const palette = ['#0072b2', '#e69f00', '#009e73', '#cc79a7', '#56b4e9', '#d55e00', '#b8a800', '#8a8a8a'];
const colour = (i) => palette[i % palette.length];
const ink = getComputedStyle(document.documentElement).getPropertyValue('--faint').trim();
Chart.defaults.color = ink;
Chart.defaults.borderColor = getComputedStyle(document.documentElement).getPropertyValue('--line').trim();
Chart.defaults.animation = false;
Chart.defaults.maintainAspectRatio = false;
Chart.defaults.elements.point.radius = 0;
Chart.defaults.elements.line.borderWidth = 1.5;
Chart.defaults.plugins.legend.labels.boxWidth = 14;

// An element with text; text never becomes markup.
function element(name, text, className) {
  const e = document.createElement(name);
  if (text !== undefined) e.textContent = text;
  if (className) e.className = className;
  return e;
}
function add(parent, ...children) { for (const c of children) parent.append(c); return parent; }
let panels;
function panel(title, wide) {
  if (!panels) page.append(panels = element('div', undefined, 'panels'));
  const section = add(element('section', undefined, wide ? 'wide' : ''), element('h2', title));
  panels.append(section);
  return section;
}
const legible = 12; // names in a legend; more of them leave no room for the chart
function chart(section, configuration, height) {
  const lines = configuration.type === 'line' ? configuration.data.datasets.length : 0;
  if (lines > legible) {
    const options = configuration.options;
    options.interaction = { mode: 'nearest', intersect: false };
    options.plugins = Object.assign({}, options.plugins, { legend: { display: false },
      title: { display: true, text: lines + ' lines; point at one for its name', font: { weight: 'normal' } } });
  }
  const box = element('div', undefined, 'chart');
  if (height) box.style.height = height + 'px';
  const canvas = element('canvas');
  canvas.setAttribute('role', 'img');
  canvas.setAttribute('aria-label', section.querySelector('h2').textContent);
  section.append(add(box, canvas));
  return new Chart(canvas, configuration);
}
function table(parent, columns, rows) {
  const t = element('table'), head = element('tr');
  for (const c of columns) head.append(element('th', c.title, c.text ? 'text' : ''));
  t.append(add(element('thead'), head));
  const body = element('tbody');
  for (const row of rows) {
    const r = element('tr');
    row.forEach((cell, i) => r.append(element('td', cell, columns[i].text ? 'text' : '')));
    body.append(r);
  }
  t.append(body);
  parent.append(add(element('div', undefined, 'scroll'), t));
  return t;
}
const rounded = (x) => Number(x).toLocaleString('en', { maximumSignificantDigits: 4 });
function duration(ps) {
  for (const [unit, size] of [['s', 1e12], ['ms', 1e9], ['us', 1e6], ['ns', 1e3]])
    if (Math.abs(ps) >= size) return rounded(ps / size) + ' ' + unit;
  return rounded(ps) + ' ps';
}
function bytes(n) {
  for (const [unit, size] of [['GiB', 2 ** 30], ['MiB', 2 ** 20], ['KiB', 1024]]) if (n >= size) return rounded(n / size) + ' ' + unit;
  return n + ' B';
}
const axis = (text, more) => Object.assign({ title: { display: true, text } }, more);
