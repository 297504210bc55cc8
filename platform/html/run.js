const result = data.result, series = data.series;
const verdict = element('h1', result.scenario + ' on ' + result.board + ': ');
verdict.append(element('span', result.passed ? 'passed' : 'FAILED', result.passed ? 'good' : 'bad'));
add(page, verdict, element('p', 'timing ' + result.timing + ', seed ' + result.seed + ', simulated ' +
  duration(result.sim_time_ps) + ' = ' + result.elapsed_cycles.toLocaleString('en') + ' cycles', 'faint'));
for (const f of result.failures) page.append(element('p', 'failed: ' + f, 'bad'));
if (result.why && result.why.sentence) page.append(element('p', 'Bottleneck: ' + result.why.sentence));
for (const d of result.diagnostics)
  page.append(element('p', d.severity + ': ' + d.kind + ' at ' + duration(d.time_ps) + ' (' + d.source + '): ' + d.message +
    (d.count > 1 ? ' (' + d.count + ' times)' : ''), d.severity === 'error' ? 'bad' : 'faint'));

const ns = (x) => duration(x * 1000);
table(panel('Clients', true), [{ title: 'client', text: true }, { title: 'module', text: true }, { title: 'transfers' },
  { title: 'bytes' }, { title: 'errors' }, { title: 'time' }, { title: 'MB/s' }, { title: 'latency p50' }, { title: 'p95' },
  { title: 'p99' }, { title: 'max' }],
result.clients.map((c) => [c.name, c.kind, c.transfers, bytes(c.bytes), c.errors, duration(c.duration_ps), rounded(c.throughput_mb_s),
  ns(c.latency_ns.p50), ns(c.latency_ns.p95), ns(c.latency_ns.p99), ns(c.latency_ns.max)]));

// One unit for the whole time axis.
const span = series.bin_ps * series.bins;
const unit = [['s', 1e12], ['ms', 1e9], ['us', 1e6], ['ns', 1e3]].find((u) => span >= u[1]) || ['ps', 1];
const times = Array.from({ length: series.bins }, (_, i) => (i + 0.5) * series.bin_ps / unit[1]);
const line = (label, values, i, dash) => ({ label, data: values.map((y, k) => ({ x: times[k], y })), borderColor: colour(i),
  backgroundColor: colour(i), borderDash: dash ? [5, 4] : [], stepped: 'middle' });
const overTime = (datasets, y, more) => ({ type: 'line', data: { datasets }, options: { parsing: false, interaction: { mode: 'x',
  intersect: false }, scales: { x: axis('time in ' + unit[0], { type: 'linear', min: 0, max: span / unit[1] }),
  y: axis(y, Object.assign({ beginAtZero: true }, more)) } } });

const rate = (n) => n / series.bin_ps * 1e6;
const throughput = [];
series.channels.forEach((c, i) => {
  throughput.push(line(c.name + ' read', c.read_bytes.map(rate), i, true));
  throughput.push(line(c.name + ' written', c.written_bytes.map(rate), i));
});
if (throughput.length) chart(panel('Throughput of the channels'), overTime(throughput, '10^6 bytes/s'));
if (series.channels.length)
  chart(panel('FIFO level of the channels'), overTime(series.channels.map((c, i) => line(c.name, c.fifo_bytes, i)), 'bytes, mean'));

const wires = ['ar', 'r', 'aw', 'w', 'b'];
for (const p of series.ports)
  chart(panel('AXI port ' + p.name + ': use of its channels'), overTime(wires.map((w, i) =>
    line(w.toUpperCase(), p[w].map((x) => 100 * x / series.bin_ps), i)), '% of cycles', { max: 100 }));

const moving = result.channels.filter((c) => c.read_bursts + c.write_bursts > 0);
if (moving.length) {
  const rows = moving.flatMap((c) => [[c.name + ' reader', c.reader], [c.name + ' writer', c.writer]]);
  const causes = Object.keys(moving[0].reader);
  const total = (side) => causes.reduce((sum, cause) => sum + side[cause], 0) || 1;
  chart(panel('What readers and writers spend their cycles on'), { type: 'bar', data: { labels: rows.map((r) => r[0]),
    datasets: causes.map((cause, i) => ({ label: cause.replace('_', ' '), data: rows.map((r) => 100 * r[1][cause] / total(r[1])),
      backgroundColor: i < palette.length ? colour(i) : '#444c56' })) },
  options: { indexAxis: 'y', scales: { x: axis('% of cycles', { stacked: true, max: 100 }), y: { stacked: true } } } },
  Math.max(260, 60 + 30 * rows.length));
}

for (const h of series.latencies)
  chart(panel('Latency of the transfers of ' + h.client), { type: 'bar', data: { labels: h.counts.map((_, i) =>
    rounded((h.from_ns + (i + 0.5) * h.width_ns) / 1000)), datasets: [{ label: 'transfers', data: h.counts,
    backgroundColor: colour(0), barPercentage: 1, categoryPercentage: 0.95 }] },
  options: { plugins: { legend: { display: false } }, scales: { x: axis('us from issue to callback'),
    y: axis('transfers', { beginAtZero: true, ticks: { precision: 0 } }) } } });

// Blocks, callbacks and interrupts, a row for each source.
const events = [['block', series.blocks, 0], ['callback', series.callbacks, 1], ['interrupt', series.interrupts, 5]];
const rowNames = [...new Set(events.flatMap((e) => e[1].map((x) => x[0])))].sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
if (rowNames.length) {
  const section = panel('Blocks, interrupts and callbacks', true);
  if (series.omitted) section.append(element('p', series.omitted + ' later ones are not shown', 'faint'));
  const shortest = span / unit[1] / 1500;
  chart(section, { type: 'bar', data: { labels: rowNames, datasets: events.map(([label, list, i]) => ({ label,
    data: list.map(([name, from, to]) => ({ y: name, x: [from / unit[1], Math.max(to, from) / unit[1] + shortest] })),
    backgroundColor: colour(i), grouped: false, barPercentage: 0.7, categoryPercentage: 0.9 })) },
  options: { indexAxis: 'y', parsing: { xAxisKey: 'x', yAxisKey: 'y' }, scales: { x: axis('time in ' + unit[0], { type: 'linear',
    min: 0, max: span / unit[1] }) }, plugins: { tooltip: { callbacks: { label: (c) => c.dataset.label + ' ' +
      duration(c.raw.x[0] * unit[1]) + ' .. ' + duration((c.raw.x[1] - shortest) * unit[1]) } } } } }, Math.max(200, 70 + 26 * rowNames.length));
}
document.body.dataset.ready = 'yes';
