/**
 * The style sheet of a report. Every colour is a variable with a value for light and one for dark; those
 * of the charts are told apart by all kinds of colour vision, and stand out from their ground by 3 : 1.
 */

export const style = `
:root {
  color-scheme: light dark;
  --paper: #fdfdfc; --raised: #f4f5f4; --ink: #1b1e23; --quiet: #5d646e; --rule: #8c939c; --grid: #e2e5e6;
  --c1: #0f62ac; --c2: #c4520a; --c3: #0b7a63; --c4: #9a4190; --c5: #8a6a00; --c6: #4b5563;
  --good: #0b6b4f; --fair: #855c00; --bad: #b3261e; --link: #0f5ca8;
  --sans: system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", "Liberation Sans", sans-serif;
  --mono: ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, "Liberation Mono", monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #15181c; --raised: #1e2227; --ink: #e7e9ea; --quiet: #a0a8b1; --rule: #737b85; --grid: #2c3138;
    --c1: #66aef5; --c2: #f59b56; --c3: #45c6a4; --c4: #dc92d2; --c5: #e0c04c; --c6: #b4bcc6;
    --good: #5fd0a5; --fair: #e3b341; --bad: #ff8f86; --link: #7dbcff;
  }
}
*, ::before, ::after { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body {
  margin: 0 auto; max-width: 68rem; padding: 2.5rem clamp(1rem, 4vw, 2.5rem) 5rem;
  background: var(--paper); color: var(--ink); font: 1rem/1.6 var(--sans);
  font-variant-numeric: lining-nums; overflow-wrap: break-word;
}
a { color: var(--link); text-underline-offset: 0.15em; }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; border-radius: 2px; }
h1, h2, h3, h4, figcaption { line-height: 1.25; text-wrap: balance; }
h1 { margin: 0.2rem 0 1.25rem; font-size: clamp(1.75rem, 5vw, 2.6rem); font-weight: 700; letter-spacing: -0.02em; }
h1 .from { color: var(--quiet); font-weight: 400; }
h2 { margin: 0 0 1rem; font-size: 1.4rem; font-weight: 650; letter-spacing: -0.01em; }
h3, figcaption { margin: 1.75rem 0 0.5rem; font-size: 1.02rem; font-weight: 650; }
p { margin: 0.5rem 0; max-width: 44rem; }
section { margin-top: 3.25rem; padding-top: 1.75rem; border-top: 1px solid var(--grid); scroll-margin-top: 1rem; }
.kicker { margin: 0; color: var(--quiet); font-size: 0.85rem; letter-spacing: 0.03em; }
.lead { font-size: clamp(1.12rem, 2.4vw, 1.3rem); line-height: 1.5; margin: 0.75rem 0 1rem; max-width: 46rem; }
.badge { display: inline-block; margin: 0; padding: 0.15rem 0.75rem; border: 1.5px solid currentColor; border-radius: 2rem; font-size: 0.92rem; font-weight: 600; }
.good { color: var(--good); } .fair { color: var(--fair); } .bad { color: var(--bad); }
.note, small, .quiet { color: var(--quiet); }
.note { font-size: 0.9rem; }
small { font-size: 0.84em; font-weight: 400; }
.empty { font-style: italic; color: var(--quiet); }
nav ul { display: flex; flex-wrap: wrap; gap: 0.25rem 1.25rem; margin: 1.5rem 0 0; padding: 0; list-style: none; font-size: 0.92rem; }
nav a { text-decoration: none; }
nav a:hover { text-decoration: underline; }

.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 24rem), 1fr)); gap: 1rem 2.5rem; align-items: start; }
.charts.small { grid-template-columns: repeat(auto-fill, minmax(min(100%, 17rem), 1fr)); gap: 0.5rem 2rem; }
.charts > * { min-width: 0; }
.charts > .whole { grid-column: 1 / -1; }
.charts > div > h3:first-child { margin-top: 0.75rem; }
.charts > .metrics { margin-top: 0.4rem; }
figure { margin: 0; }
figcaption { margin: 0.75rem 0 0.35rem; }
svg { display: block; width: 100%; height: auto; overflow: visible; }
.chart > svg { max-width: 31rem; font: 12px var(--sans); font-variant-numeric: tabular-nums; }
.small .chart > svg { max-width: 26rem; }
.legend { display: flex; flex-wrap: wrap; gap: 0.1rem 1rem; margin: 0 0 0.35rem; padding: 0; list-style: none; font-size: 0.86rem; color: var(--quiet); }
.legend i { display: inline-block; width: 1.1em; height: 0.28em; margin-right: 0.4em; border-radius: 1px; vertical-align: 0.22em; }
.k1 { background: var(--c1); } .k2 { background: var(--c2); } .k3 { background: var(--c3); }
.k4 { background: var(--c4); } .k5 { background: var(--c5); } .k6 { background: var(--c6); }

.scroll { overflow-x: auto; max-width: 100%; }
table { border-collapse: collapse; font-size: 0.92rem; font-variant-numeric: tabular-nums; }
th, td { padding: 0.4rem 1rem 0.4rem 0; text-align: right; vertical-align: baseline; white-space: nowrap; }
th:last-child, td:last-child { padding-right: 0.25rem; }
thead th { color: var(--quiet); font-weight: 500; font-size: 0.86rem; border-bottom: 1px solid var(--rule); vertical-align: bottom; white-space: normal; }
.better { color: var(--quiet); font-size: 0.85em; }
.metrics table { width: 100%; }
.metrics tbody th { white-space: normal; min-width: 6.5rem; }
.metrics td:nth-child(n + 3) { color: var(--quiet); }
tbody th { font-weight: 500; text-align: left; }
thead th:first-child { text-align: left; }
tbody tr + tr > * { border-top: 1px solid var(--grid); }
td > small, th > small { display: block; line-height: 1.3; }
th > small.role { display: inline; }
td .words { white-space: normal; }
#data table { width: 100%; }
#data th, #data td { vertical-align: middle; }
#data td, #data thead th { text-align: left; }
#data tbody th { white-space: normal; min-width: 7rem; }
.spark { width: 6.25rem; height: 1.5rem; fill: var(--c1); }

.confusion { font-size: clamp(0.72rem, 2.1vw, 0.92rem); }
.confusion th, .confusion td { padding: 0.35em 0.5em; text-align: center; border: 0; }
.confusion tbody th { text-align: right; padding-left: 0; }
.confusion .corner { text-align: left; font-size: 0.8em; padding-left: 0; white-space: normal; }
.confusion td { min-width: 2.2em; border: 1px solid var(--paper); }
.confusion .right { background: color-mix(in srgb, var(--c1) calc(var(--share) * 42% + 6%), var(--paper)); }
.confusion .wrong { background: color-mix(in srgb, var(--c2) calc(var(--share) * 36% + 14%), var(--paper)); font-weight: 600; }
.confusion .none { color: var(--quiet); background: var(--raised); }
.confusion td.recall { color: var(--quiet); border: 0; }
.confusion.upright { font-size: clamp(0.66rem, 2vw, 0.8rem); }
.confusion.upright td { min-width: 2em; padding: 0.4em 0.2em; }
.confusion.upright thead th span { writing-mode: vertical-rl; transform: rotate(180deg); }

details { margin: 0.5rem 0; }
summary { cursor: pointer; color: var(--quiet); font-size: 0.9rem; width: fit-content; }
summary:hover { color: var(--ink); }
.findings { margin: 0.5rem 0; padding: 0; list-style: none; }
.findings li { margin: 0 0 0.9rem; padding-left: 0.9rem; border-left: 3px solid var(--fair); }
.findings p { margin: 0; }
.remedy::before { content: "→ "; color: var(--quiet); }

.network { min-width: 34rem; max-width: 52rem; font: 13px var(--sans); }
.network .edges { fill: none; stroke: var(--rule); stroke-opacity: 0.28; stroke-width: 0.7; }
.network circle { fill: var(--c1); stroke: var(--paper); stroke-width: 1.5; }
.network .name { font-weight: 600; }
.network .quiet { fill: var(--quiet); font-size: 12px; }
.network .gap { fill: var(--quiet); font-size: 16px; }

code, pre { font-family: var(--mono); font-size: 0.88em; }
pre { margin: 0.5rem 0 1rem; padding: 0.9rem 1rem; overflow-x: auto; max-height: 24rem; background: var(--raised); border-radius: 6px; line-height: 1.5; tab-size: 2; }
pre code { font-size: 0.95em; }
.facts { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 20rem), 1fr)); gap: 0.75rem 2rem; margin: 0; }
.facts dt { color: var(--quiet); font-size: 0.86rem; }
.facts dd { margin: 0; }

.derivation { max-width: 52rem; }
.derivation summary { font-size: 1rem; }
.derivation h4 { margin: 2rem 0 0.5rem; font-size: 1rem; }
.steps { display: grid; grid-template-columns: max-content max-content 1fr; gap: 0.3rem 0.3em; align-items: baseline; margin: 1rem 0 1.25rem; overflow-x: auto; }
.left { text-align: right; }
.reason { grid-column: 2 / 4; width: 0; min-width: calc(min(100%, 100vw - 8rem) - 1.6em); margin: 0 0 0.5rem 1.6em; color: var(--quiet); font-size: 0.88rem; line-height: 1.4; }
.shape { margin-left: 2em; color: var(--quiet); font-size: 0.88rem; white-space: nowrap; }
math { font-size: 1.06em; }
mtable.cases mtd { text-align: left; padding: 0.15em 0.4em 0.15em 0.2em; }

@media (max-width: 40rem) {
  body { padding-top: 1.5rem; }
  section { margin-top: 2.25rem; padding-top: 1.25rem; }
  th, td { padding-right: 0.7rem; }
  .steps { grid-template-columns: max-content 1fr; }
  .steps .left { grid-column: 1; }
  .shape, .reason { grid-column: 2; margin-left: 1.6em; }
  .shape:empty { display: none; }
}
@media print {
  :root {
    --paper: #fff; --raised: #f4f5f4; --ink: #000; --quiet: #444; --rule: #777; --grid: #ddd;
    --c1: #0f62ac; --c2: #c4520a; --c3: #0b7a63; --c4: #9a4190; --c5: #8a6a00; --c6: #4b5563;
  }
  body { max-width: none; padding: 0; font-size: 10pt; }
  nav, details:not([open]) { display: none; }
  section { margin-top: 1.5rem; }
  h2, h3, figcaption { break-after: avoid; }
  .charts { grid-template-columns: 1fr 1fr; gap: 0.5rem 1.5rem; }
  .charts.small { grid-template-columns: 1fr 1fr 1fr; }
  figure, tr, pre, li { break-inside: avoid; }
  .scroll, pre { overflow: visible; max-height: none; }
  pre { white-space: pre-wrap; }
  * { print-color-adjust: exact; }
}
`;
