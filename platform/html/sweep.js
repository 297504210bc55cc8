const names = data.names, rows = data.rows;
const passed = rows.filter((r) => r.status === 'passed').length;
add(page, element('h1', 'Sweep of ' + data.scenario + ' on ' + data.board), element('p', rows.length + ' points, ' + passed +
  ' passed' + (passed < rows.length ? ', ' + (rows.length - passed) + ' not' : '') + '; varied: ' + names.join(', '),
passed < rows.length ? 'bad' : 'faint'));
if (data.settings.length) page.append(element('p', 'for all points: ' + data.settings.join(', '), 'faint'));

const short = (column) => column.replace('clients[', '').replace('channels[', '').replace('bus[', '').replace(']', '');
const values = names.map((_, i) => [...new Set(rows.map((r) => r.values[i]))]);
const metrics = data.columns.filter((c) => rows.some((r) => typeof r.figures[c] === 'number'));
const bandwidth = metrics.find((c) => c.endsWith('throughput_mb_s')), latency = metrics.find((c) => c.endsWith('latency_ns.p95'));

// State lives in the fragment, so that a view can be linked to.
const fragment = new URLSearchParams(location.hash.slice(1));
function choose(parent, label, options, key, fallback) {
  const select = element('select');
  select.id = key;
  for (const [value, text] of options) { const o = element('option', text); o.value = value; select.append(o); }
  const wanted = fragment.get(key);
  select.value = options.some((o) => String(o[0]) === wanted) ? wanted : fallback;
  select.addEventListener('change', () => { fragment.set(key, select.value); history.replaceState(null, '', '#' + fragment); draw(); });
  parent.append(add(element('label', label + ' '), select));
  return select;
}
const controls = panel('View', true);
const metric = choose(controls, 'figure', metrics.map((m) => [m, short(m)]), 'metric', bandwidth || metrics[0]);
const nameOptions = names.map((n, i) => [String(i), n]);
const many = names.map((_, i) => i).filter((i) => values[i].length > 1);
const xSelect = choose(controls, 'across', nameOptions, 'x', String(many[0] ?? 0));
const ySelect = choose(controls, 'down, curves', nameOptions, 'y', String(many[1] ?? many[0] ?? 0));
const fixed = names.map((n, i) => choose(controls, n, values[i].map((v) => [v, v]), 'fix' + i, values[i][0]));

// Rows that agree with the selectors in every name but these.
const picked = (free) => rows.filter((r) => names.every((_, i) => free.includes(i) || r.values[i] === fixed[i].value));
const figure = (r, m) => (r && typeof r.figures[m] === 'number' ? r.figures[m] : null);
// From dark to bright, readable without colour, and never grey.
function shade(share) {
  const stops = [[68, 1, 84], [49, 104, 142], [53, 183, 121], [253, 231, 37]];
  const at = Math.min(Math.max(share, 0), 1) * 3, k = Math.min(Math.floor(at), 2);
  return 'rgb(' + stops[k].map((c, i) => Math.round(c + (stops[k + 1][i] - c) * (at - k))).join(',') + ')';
}

const heat = panel('Heat map'), curves = panel('Curves'), front = panel('Bandwidth against latency', true), list = panel('Points', true);
const heatScale = element('p', '', 'faint');
heat.append(heatScale);
const empty = { type: 'line', data: { datasets: [] } };
let heatChart, curveChart, frontChart;

function drawHeat(x, y, m) {
  const cells = picked([x, y]), at = (a, b) => cells.find((r) => r.values[x] === a && r.values[y] === b);
  const all = cells.map((r) => figure(r, m)).filter((v) => v !== null);
  const low = Math.min(...all), high = Math.max(...all);
  heatScale.textContent = all.length ? short(m) + ': ' + rounded(low) + ' (dark) .. ' + rounded(high) + ' (bright); grey: not passed' : '';
  const down = x === y ? [values[y][0]] : values[y], labelled = Math.ceil(down.length / 16);
  if (heatChart) heatChart.destroy(), heat.querySelector('.chart').remove();
  // A row of the map is a data set of bars of equal length, stacked.
  heatChart = chart(heat, { type: 'bar', data: { labels: values[x], datasets: down.map((b) => ({ label: names[y] + ' = ' + b, data: values[x].map(() => 1),
    shown: values[x].map((a) => (x === y ? cells.find((r) => r.values[x] === a) : at(a, b))),
    backgroundColor: values[x].map((a) => { const r = x === y ? cells.find((q) => q.values[x] === a) : at(a, b), v = figure(r, m);
      return v === null ? '#808080' : shade(high > low ? (v - low) / (high - low) : 1); }), barPercentage: 1, categoryPercentage: 1, borderWidth: 1,
    borderColor: 'rgba(128,128,128,.35)' })) },
  options: { scales: { x: axis(names[x], { stacked: true }), y: axis(names[y], { stacked: true, max: down.length, ticks: { stepSize: 0.5, autoSkip: false,
    callback: (v) => (v % 1 === 0.5 && Math.floor(v) % labelled === 0 ? down[Math.floor(v)] : '') }, grid: { display: false } }) }, plugins: { legend: { display: false },
    tooltip: { callbacks: { title: (t) => names[x] + ' = ' + t[0].label, label: (c) => { const r = c.dataset.shown[c.dataIndex];
      return [c.dataset.label, r ? (figure(r, m) === null ? r.status + ': ' + r.problem : short(m) + ' ' + rounded(figure(r, m))) : 'no point']; } } } } } });
}
function drawCurves(x, y, m) {
  const cells = picked([x, y]);
  const numeric = values[x].every((v) => !isNaN(parseFloat(v)) && isFinite(v));
  if (curveChart) curveChart.destroy(), curves.querySelector('.chart').remove();
  const series = x === y ? [null] : values[y];
  curveChart = chart(curves, { type: 'line', data: { labels: values[x], datasets: series.map((b, i) => ({ label: b === null ? short(m) : names[y] + ' = ' + b,
    data: values[x].map((a) => { const v = figure(cells.find((r) => r.values[x] === a && (b === null || r.values[y] === b)), m);
      return numeric ? { x: Number(a), y: v } : v; }), borderColor: colour(i), backgroundColor: colour(i), pointRadius: 3, spanGaps: false })) },
  options: { scales: { x: axis(names[x], numeric ? { type: 'linear' } : {}), y: axis(short(m), { beginAtZero: true }) } } });
}
// A point is on the front if no other has more bandwidth at no more latency.
function drawFront() {
  if (!bandwidth || !latency) { if (!front.querySelector('p')) front.append(element('p', 'no client with both figures', 'faint')); return; }
  const points = shownRows().filter((r) => figure(r, bandwidth) !== null).map((r) => ({ x: figure(r, latency), y: figure(r, bandwidth), r }));
  points.sort((a, b) => a.x - b.x || b.y - a.y);
  const best = [];
  for (const p of points) if (!best.length || p.y > best[best.length - 1].y) best.push(p);
  if (frontChart) frontChart.destroy(), front.querySelector('.chart').remove();
  frontChart = chart(front, { data: { datasets: [
    { type: 'line', label: 'Pareto front', data: best, borderColor: colour(5), backgroundColor: colour(5), stepped: 'before', pointRadius: 4 },
    { type: 'scatter', label: 'points', data: points, backgroundColor: colour(4), pointRadius: 3 }] },
  options: { parsing: false, scales: { x: axis(short(latency) + ' in ns', { type: 'linear' }), y: axis(short(bandwidth), { beginAtZero: true }) },
    plugins: { tooltip: { callbacks: { label: (c) => names.map((n, i) => n + ' = ' + c.raw.r.values[i]).concat(rounded(c.raw.y) + ' MB/s, ' +
      rounded(c.raw.x) + ' ns') } } } } });
}

// --- table: words in the filter have to be in a row; name=value, figure<n and figure>n compare
const filter = element('input');
filter.id = 'filter';
filter.placeholder = 'filter: text, name=value, p95<2000';
filter.value = fragment.get('filter') || '';
filter.setAttribute('aria-label', 'filter of the points');
filter.size = 40;
const count = element('span', '', 'faint');
list.append(add(element('p'), filter, ' ', count));
const holder = element('div', undefined, 'scroll');
list.append(holder);
const columns = [['point', (r) => r.point], ...names.map((n, i) => [n, (r) => r.values[i]]), ['status', (r) => r.status],
  ...[bandwidth, latency].filter(Boolean).map((c) => [c, (r) => figure(r, c)])];
const problem = ['problem', (r) => r.problem];
let order = ['point', 1];
function matches(r, word) {
  const compare = word.match(/^(.+?)([<>=])(.*)$/);
  if (compare) {
    const [, name, sign, wanted] = compare;
    const i = names.findIndex((n) => n === name || n.endsWith(name)), m = metrics.find((c) => c === name || short(c).endsWith(name));
    const value = i >= 0 ? r.values[i] : name === 'status' ? r.status : m ? figure(r, m) : undefined;
    if (value === undefined || value === null) return false;
    if (sign === '=') return String(value) === wanted;
    return sign === '<' ? Number(value) < Number(wanted) : Number(value) > Number(wanted);
  }
  return (r.values.join(' ') + ' ' + r.status + ' ' + r.problem).toLowerCase().includes(word.toLowerCase());
}
const shownRows = () => rows.filter((r) => filter.value.split(/\s+/).filter(Boolean).every((w) => matches(r, w)));
const inOrder = (a, b) => (a === null ? 1 : b === null ? -1 : typeof a === 'number' && typeof b === 'number' ? a - b :
  !isNaN(a) && !isNaN(b) && a !== '' && b !== '' ? Number(a) - Number(b) : String(a).localeCompare(String(b)));
function drawTable() {
  const all = columns.slice();
  if (metrics.length && !columns.some(([name]) => name === metric.value)) all.push([metric.value, (r) => figure(r, metric.value)]);
  all.push(problem);
  const get = (all.find(([name]) => name === order[0]) || all[0])[1];
  const shown = shownRows().sort((a, b) => order[1] * inOrder(get(a), get(b)));
  count.textContent = shown.length + ' of ' + rows.length + ' points';
  const most = 500, t = element('table'), head = element('tr'), body = element('tbody');
  all.forEach(([name]) => {
    const button = element('button', short(name) + (order[0] === name ? (order[1] > 0 ? ' \u25b2' : ' \u25bc') : ''));
    button.addEventListener('click', () => { order = [name, order[0] === name ? -order[1] : 1]; drawTable(); });
    head.append(add(element('th', undefined, name === 'problem' ? 'text' : ''), button));
  });
  for (const r of shown.slice(0, most)) {
    const tr = element('tr');
    for (const [name, get] of all) {
      const v = get(r);
      tr.append(element('td', v === null ? '' : typeof v === 'number' ? rounded(v) : v, name === 'problem' ? 'text prose' : ''));
    }
    if (r.status !== 'passed') tr.className = 'bad';
    body.append(tr);
  }
  holder.replaceChildren(add(t, add(element('thead'), head), body));
  if (shown.length > most) holder.append(element('p', 'and ' + (shown.length - most) + ' more', 'faint'));
}
filter.addEventListener('input', () => { fragment.set('filter', filter.value); history.replaceState(null, '', '#' + fragment); drawTable(); drawFront(); });

function draw() {
  const x = Number(xSelect.value), y = Number(ySelect.value);
  fixed.forEach((f, i) => {
    f.disabled = i === x || i === y || values[i].length < 2;
    f.parentElement.style.opacity = f.disabled ? 0.5 : 1;
  });
  if (!metrics.length) { drawTable(); return; }
  drawHeat(x, y, metric.value);
  drawCurves(x, y, metric.value);
  drawFront();
  drawTable();
}
draw();
document.body.dataset.ready = 'yes';
