// Draws with Apache ECharts what Dashboard/Charts/ChartModel.cs describes. Nothing is evaluated and no markup is made of texts, so a strict
// Content-Security-Policy holds.
const lineColors = ["#2077b4", "#cf7a00", "#009e73", "#c2609a", "#d1495b", "#3a9bd9", "#8f7ae5", "#7d7d7d"];
const dashes = ["solid", [7, 4], [2, 3], [9, 3, 2, 3]];
const markers = ["circle", "triangle", "rect", "diamond"];
const patterns = [
    null,
    { rotation: Math.PI / 4, dashArrayX: [1, 0], dashArrayY: [3, 5], color: "rgba(255,255,255,.65)" },
    { symbol: "circle", symbolSize: .7, dashArrayX: [[6, 6], [0, 6, 6, 0]], dashArrayY: [6, 0], color: "rgba(255,255,255,.75)" },
];
// Up to here every point is marked.
const fewPoints = 60;

let library;

function load(url) {
    library ??= new Promise((resolve, reject) => {
        const script = document.createElement("script");
        script.src = url;
        script.onload = () => resolve(globalThis.echarts);
        script.onerror = () => { library = undefined; reject(new Error("the chart library could not be loaded")); };
        document.head.append(script);
    });
    return library;
}

export async function create(element, url, owner, picks) {
    return new Chart(element, await load(url), owner, picks);
}

class Chart {
    constructor(element, echarts, owner, picks) {
        Object.assign(this, { element, echarts, owner, picks });
        this.restyle = () => this.chart && this.draw();
        document.addEventListener("mixpolicy-theme", this.restyle);
        // A chart is drawn when it comes into sight: a long page is there at once.
        this.sight = new IntersectionObserver(entries => {
            if (entries.some(entry => entry.isIntersecting)) {
                this.sight.disconnect();
                this.seen = true;
                this.draw();
            }
        }, { rootMargin: "200px" });
        this.sight.observe(element);
    }

    show(model) {
        this.model = model;
        this.element.dataset.shown = model.kind;
        this.draw();
    }

    open() {
        this.chart = this.echarts.init(this.element, null, { renderer: "canvas" });
        this.resizes = new ResizeObserver(() => this.chart.resize());
        this.resizes.observe(this.element);
        if (this.picks) {
            this.chart.getZr().on("click", event => this.pick(event));
        }
    }

    draw() {
        if (!this.seen || !this.model) {
            return;
        }

        if (!this.chart) {
            this.open();
        }

        const style = getComputedStyle(document.documentElement);
        const look = Object.fromEntries(["text", "faint", "line", "surface"].map(name => [name, style.getPropertyValue(`--${name}`).trim()]));
        look.font = getComputedStyle(document.body).fontFamily;
        const option = this.model.kind === "timeline" ? timeline(this.model, look, this.chart.getWidth()) : lines(this.model, look);
        // A chart that grows while it is looked at keeps the stretch that is looked at.
        const before = this.chart.getOption()?.dataZoom?.[0];
        if (before && (before.start > 0 || before.end < 100)) {
            option.dataZoom = option.dataZoom.map(zoom => ({ ...zoom, startValue: before.startValue, endValue: before.endValue }));
        }
        this.chart.setOption(option, { notMerge: true });
        if (this.model.group) {
            this.chart.group = this.model.group;
            this.echarts.connect(this.model.group);
        }
        this.element.dataset.drawn = this.model.kind;
    }

    pick(event) {
        const at = [event.offsetX, event.offsetY];
        const grids = this.model.kind === "timeline" ? [0, 1, 2, 3] : [0];
        const grid = grids.find(index => this.chart.containPixel({ gridIndex: index }, at));
        if (grid !== undefined) {
            const [x] = this.chart.convertFromPixel({ gridIndex: grid }, at);
            this.owner.invokeMethodAsync("PickAsync", x);
        }
    }

    dispose() {
        document.removeEventListener("mixpolicy-theme", this.restyle);
        this.sight.disconnect();
        this.resizes?.disconnect();
        this.chart?.dispose();
    }
}

const format = unit => value => value === null || value === undefined || Number.isNaN(value) ? "–"
    : unit === "fraction" ? `${(100 * value).toFixed(1)} %`
    : value !== 0 && (Math.abs(value) < 1e-3 || Math.abs(value) >= 1e6) ? value.toExponential(2)
    : String(Number(value.toPrecision(4)));

function base(look) {
    return {
        animation: false,
        backgroundColor: "transparent",
        textStyle: { color: look.text, fontFamily: look.font },
        tooltip: {
            trigger: "axis",
            // Drawn on the canvas: no markup, and no styles that a policy would have to allow.
            renderMode: "richText",
            confine: true,
            backgroundColor: look.surface,
            borderColor: look.line,
            textStyle: { color: look.text, fontSize: 12 },
            axisPointer: { type: "line", lineStyle: { color: look.faint } },
        },
        legend: { type: "scroll", top: 0, left: 0, textStyle: { color: look.text }, pageTextStyle: { color: look.text }, pageIconColor: look.text, inactiveColor: look.faint },
    };
}

function axes(look, name, unit) {
    const lines = { axisLine: { lineStyle: { color: look.faint } }, axisLabel: { color: look.faint }, splitLine: { lineStyle: { color: look.line } } };
    return {
        x: { type: "value", min: "dataMin", max: "dataMax", minInterval: name === "Value" ? 0 : 1, name, nameLocation: "middle", nameGap: 26, nameTextStyle: { color: look.faint }, ...lines, splitLine: { show: false },
            axisLabel: { color: look.faint, hideOverlap: true, formatter: value => String(Number(value.toPrecision(name === "Value" ? 2 : 8))) },
        },
        y: { type: "value", scale: true, ...lines, axisLabel: { color: look.faint, formatter: unit === "fraction" ? value => `${Number((100 * value).toFixed(2))} %` : value => format(unit)(value) } },
    };
}

// The wheel alone scrolls the page.
const insideZoom = indices => ({ type: "inside", xAxisIndex: indices, zoomOnMouseWheel: "ctrl", moveOnMouseMove: false, moveOnMouseWheel: false, minValueSpan: 2, filterMode: "none" });

function lines(model, look) {
    const axis = axes(look, model.xName, model.unit);
    const value = format(model.unit);
    return {
        ...base(look),
        tooltip: { ...base(look).tooltip, valueFormatter: value },
        legend: { ...base(look).legend, data: model.lines.map(line => line.name), show: model.lines.length > 1 },
        grid: { left: 58, right: 18, top: model.lines.length > 1 ? 34 : 14, bottom: 44 },
        xAxis: axis.x,
        yAxis: axis.y,
        dataZoom: [insideZoom([0])],
        series: model.lines.flatMap((line, index) => {
            const color = lineColors[index % lineColors.length];
            const drawn = {
                name: line.name,
                type: "line",
                data: line.x.map((x, i) => [x, line.y[i]]),
                showSymbol: line.x.length <= fewPoints,
                symbol: markers[index % markers.length],
                symbolSize: 6,
                color,
                lineStyle: { width: 2, type: dashes[Math.floor(index / 2) % dashes.length] },
                emphasis: { disabled: true },
                z: 3,
            };
            return line.low ? [band(line, color), drawn] : [drawn];
        }),
    };
}

// One polygon, drawn with the first point.
function band(line, color) {
    return {
        name: line.name,
        type: "custom",
        silent: true,
        tooltip: { show: false },
        color,
        clip: true,
        data: line.x.map((x, i) => [x, line.low[i], line.high[i]]),
        encode: { x: 0, y: [1, 2], tooltip: [] },
        renderItem: (params, api) => params.dataIndexInside > 0 ? null : {
            type: "polygon",
            shape: { points: [...line.x.map((x, i) => api.coord([x, line.high[i]])), ...line.x.map((x, i) => api.coord([x, line.low[i]])).reverse()] },
            style: { fill: color, opacity: .2 },
        },
        z: 1,
    };
}

function timeline(model, look, width) {
    const narrow = width < 600;
    const grids = [
        { title: "Method", top: 52, height: 54 },
        { title: model.lambda[0]?.name ?? "λ", top: 138, height: 84 },
        { title: "Threshold", top: 254, height: 84 },
        { title: "Probabilities", top: 370, height: 130 },
    ];
    const axis = axes(look, "Interval", "");
    const last = model.to.length ? model.to.at(-1) + 1 : 1;
    const first = model.from[0] ?? 0;
    const few = model.from.length <= 4 * fewPoints;
    const step = (values, index) => values[index] ?? null;
    const line = (entry, grid, color) => ({
        name: entry.name, type: "line", step: "end", xAxisIndex: grid, yAxisIndex: grid, color, showSymbol: few, symbolSize: 4, connectNulls: false,
        lineStyle: { width: 1.6 }, emphasis: { disabled: true },
        // The last step is drawn to its end.
        data: [...model.from.map((x, i) => [x, step(entry.mean, i)]), ...(model.from.length ? [[last, entry.mean.at(-1) ?? null]] : [])],
    });
    return {
        ...base(look),
        legend: { ...base(look).legend, data: model.methods.map(method => ({ name: method.title, icon: "rect" })) },
        title: grids.map(grid => ({ text: grid.title, left: 0, top: grid.top - 24, textStyle: { color: look.faint, fontSize: 12, fontWeight: "normal" } })),
        grid: grids.map(grid => ({ left: 58, right: narrow ? 10 : 18, top: grid.top, height: grid.height })),
        axisPointer: { link: [{ xAxisIndex: "all" }] },
        tooltip: { ...base(look).tooltip, formatter: points => told(model, points[0].axisValue) },
        xAxis: grids.map((_, i) => ({
            ...axis.x, gridIndex: i, min: first, max: last, name: i === 3 ? "Interval" : "", axisLabel: { ...axis.x.axisLabel, show: i === 3 }, axisTick: { show: i === 3 },
        })),
        yAxis: grids.map((_, i) => ({
            ...axis.y, gridIndex: i, scale: i === 1, splitNumber: 3,
            ...(i === 0 ? { min: 0, max: 1, axisLabel: { show: false }, axisLine: { show: false }, axisTick: { show: false }, splitLine: { show: false } } : {}),
            ...(i >= 2 ? { min: 0, max: 1, interval: .5, axisLabel: { color: look.faint, formatter: value => `${100 * value} %` } } : {}),
        })),
        dataZoom: [insideZoom([0, 1, 2, 3]), {
            type: "slider", xAxisIndex: [0, 1, 2, 3], bottom: 6, height: 22, filterMode: "none", minValueSpan: 2, borderColor: look.line, textStyle: { color: look.faint },
            brushSelect: false, showDetail: false, showDataShadow: false,
        }],
        series: [
            ...stacked(model, method => method.shares, 0),
            ...stacked(model, method => method.probabilities, 3),
            ...model.lambda.map((entry, i) => line(entry, 1, lineColors[i])),
            ...model.threshold.map((entry, i) => line(entry, 2, lineColors[2 + i])),
        ],
    };
}

// Fractions of each step one above the other: of a step of several intervals, how often each method was decided.
function stacked(model, fractions, grid) {
    const floor = model.from.map(() => 0);
    return model.methods.map(method => ({
        name: method.title, type: "custom", xAxisIndex: grid, yAxisIndex: grid, color: method.color, silent: true, clip: true,
        itemStyle: { decal: patterns[method.pattern] },
        encode: { x: [0, 1], y: [2, 3] },
        data: merged(model.from.flatMap((from, i) => {
            const fraction = fractions(method)[i] ?? 0;
            if (fraction === 0) {
                return [];
            }
            const low = floor[i];
            floor[i] += fraction;
            return [[from, model.to[i] + 1, low, floor[i]]];
        })),
        renderItem: (_, api) => {
            const [left, top] = api.coord([api.value(0), api.value(3)]);
            const [right, bottom] = api.coord([api.value(1), api.value(2)]);
            // To whole pixels, so that neighbours meet without a seam.
            const [x, end] = [Math.round(left), Math.round(right)];
            return { type: "rect", shape: { x, y: top, width: Math.max(end - x, 1), height: bottom - top }, style: { fill: method.color, decal: patterns[method.pattern] } };
        },
    }));
}

function merged(spans) {
    const kept = [];
    for (const span of spans) {
        const before = kept.at(-1);
        if (before && before[1] === span[0] && before[2] === span[2] && before[3] === span[3]) {
            before[1] = span[1];
        } else {
            kept.push(span);
        }
    }
    return kept;
}

function told(model, position) {
    const at = Math.max(0, model.to.findIndex(to => position < to + 1));
    const number = format("");
    const fraction = format("fraction");
    const from = model.from[at];
    const to = model.to[at];
    return [
        from === to ? `Interval ${from}` : `Intervals ${from} to ${to}`,
        ...model.methods.filter(method => method.shares[at] > 0).map(method => method.shares[at] < 1 ? `${method.title} ${fraction(method.shares[at])}` : method.title),
        ...[...model.lambda, ...model.threshold].filter(entry => entry.mean[at] !== null).map(entry => `${entry.name} ${number(entry.mean[at])}`),
        ...model.methods.filter(method => method.probabilities[at] > 0).map(method => `P(${method.title}) ${fraction(method.probabilities[at])}`),
    ].join("\n");
}
