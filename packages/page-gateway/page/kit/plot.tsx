// A live plot. It is drawn on a canvas, which knows no style sheet: its colours are those of an element that does, read again
// when the system changes between light and dark.
import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';

export interface Line {
  readonly name: string;
  /** The class whose colour it takes. */
  readonly color: string;
  /** Shows each value by itself, for lines that have gaps. */
  readonly dotted?: boolean;
}

interface PlotProps {
  readonly title: string;
  readonly unit: string;
  readonly lines: readonly Line[];
  /** Seconds since 1970 first, then one row for each line. */
  readonly data: ReadonlyArray<ReadonlyArray<number | null>>;
  /** The whole of it in a sentence, for those who cannot see it. */
  readonly summary: string;
}

const height = 140;

export function Plot({ title, unit, lines, data, summary }: PlotProps) {
  const frame = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const newest = useRef(data);
  newest.current = data;
  useEffect(() => {
    const element = frame.current;
    if (!element) return;
    const draw = (): void => {
      plot.current?.destroy();
      plot.current = new uPlot(optionsFor(lines, element), newest.current as unknown as uPlot.AlignedData, element);
    };
    draw();
    const scheme = matchMedia('(prefers-color-scheme: dark)');
    scheme.addEventListener('change', draw);
    const observer = new ResizeObserver(() => plot.current?.setSize({ width: element.clientWidth, height }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      scheme.removeEventListener('change', draw);
      plot.current?.destroy();
      plot.current = null;
    };
  }, [lines]);
  useEffect(() => plot.current?.setData(data as unknown as uPlot.AlignedData), [data]);
  return (
    <figure class="plot">
      <figcaption>
        <span class="plot-title">
          {title} <span class="dim">{unit}</span>
        </span>
        <ul class="legend">
          {lines.map(({ name, color }) => (
            <li key={name}>
              <span class={`swatch ${color}`} aria-hidden="true" /> {name}
            </li>
          ))}
        </ul>
      </figcaption>
      <div ref={frame} class="plot-frame" role="img" aria-label={`${title}: ${summary}`} />
    </figure>
  );
}

function optionsFor(lines: readonly Line[], element: HTMLElement): uPlot.Options {
  const grid = { stroke: colorOf('plot-grid', element), width: 1 };
  const axis = {
    stroke: getComputedStyle(element).color,
    grid,
    ticks: { show: false },
    font: '11px system-ui, sans-serif',
  };
  const minute = (tick: number) => new Date(tick * 1000).toTimeString().slice(0, 5);
  return {
    ...{ width: element.clientWidth, height, padding: [8, 12, 0, 0], legend: { show: false }, cursor: { show: false } },
    scales: { y: { range: (_, __, most) => [0, Math.max(4, Math.ceil((most ?? 0) * 1.15))] } },
    axes: [
      { ...axis, size: 24, space: 60, values: (_, ticks) => ticks.map(minute) },
      {
        ...axis,
        size: 44,
        space: 28,
        values: (_, ticks) => ticks.map((tick) => (Number.isInteger(tick) ? short(tick) : '')),
      },
    ],
    series: [
      {},
      ...lines.map((each): uPlot.Series => {
        const stroke = colorOf(each.color, element);
        return {
          stroke,
          fill: stroke.replace(/^rgb\((.*)\)$/, 'rgba($1, 0.1)'),
          width: 2,
          spanGaps: false,
          points: { show: each.dotted === true, size: 5 },
        };
      }),
    ],
  };
}

function short(number: number): string {
  return number < 10_000 ? String(number) : `${Math.round(number / 1000)}k`;
}

/** An element with the class knows its colour. */
function colorOf(name: string, inside: HTMLElement): string {
  const probe = document.createElement('span');
  probe.className = name;
  inside.append(probe);
  const { backgroundColor } = getComputedStyle(probe);
  probe.remove();
  return backgroundColor;
}
