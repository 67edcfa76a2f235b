/// How the report looks: light or dark as the reader's system is, at any width from a phone's, and on paper.
enum Stylesheet {
    static let text =
        """
        :root{color-scheme:light dark;\(Palette.light.css)}
        @media (prefers-color-scheme:dark){:root{\(Palette.dark.css)}}
        @media print{:root{color-scheme:light;\(Palette.light.css)}}
        \(base)
        \(banner)
        \(charts)
        \(tables)
        \(traces)
        \(series)
        \(Place.css)
        \(paper)
        """

    private static let base = """
        *{box-sizing:border-box}
        body{margin:0;background:var(--ground);color:var(--text);font:15px/1.5 system-ui,-apple-system,"Segoe UI",
        Roboto,"DejaVu Sans",sans-serif;-webkit-text-size-adjust:100%;overflow-wrap:break-word}
        main,header,footer{max-width:72rem;margin:0 auto;padding:0 1.25rem}
        h1{font-size:1.5rem;line-height:1.2;margin:1.75rem 0 .25rem}
        h2{font-size:1.15rem;margin:2.5rem 0 .75rem}
        h3{font-size:1rem;margin:1.5rem 0 .5rem}
        p{margin:.4rem 0;max-width:65ch}
        .seal{font-size:.85rem;max-width:none}
        .muted,.unit,figcaption small{color:var(--muted)}
        ul{padding-left:1.2rem;margin:.4rem 0}
        li{margin:.25rem 0}
        code{font:.92em ui-monospace,"DejaVu Sans Mono",monospace}
        .two{display:grid;gap:1rem 1.5rem;grid-template-columns:repeat(auto-fit,minmax(min(100%,28rem),1fr))}
        details.card{margin:.6rem 0}
        summary{cursor:pointer}
        .pile{display:grid;gap:1rem;align-content:start;min-width:0}
        .card,figure{background:var(--surface);border:1px solid var(--border);border-radius:.6rem;padding:.8rem 1rem;
        margin:0;min-width:0}
        footer{color:var(--muted);font-size:.85rem;padding-bottom:2rem;margin-top:2.5rem}
        """

    private static let banner = """
        .banner{border-radius:.7rem;padding:1rem 1.25rem;margin:1rem 0 1.25rem}
        .banner strong{font-size:1.35rem;display:block;line-height:1.25}
        .banner p{margin:.25rem 0 0}
        .chip{display:inline-block;border-radius:1rem;padding:.05rem .6rem;font-size:.8rem;font-weight:600;
        white-space:nowrap}
        .pass{color:var(--pass);background:var(--pass-ground)}
        .fail{color:var(--fail);background:var(--fail-ground)}
        .inconclusive{color:var(--inconclusive);background:var(--inconclusive-ground)}
        .not-exercised{color:var(--not-exercised);background:var(--not-exercised-ground)}
        .targets{display:grid;gap:.75rem;grid-template-columns:repeat(auto-fit,minmax(min(100%,16rem),1fr))}
        .target h3{margin:0;font-size:.95rem;display:flex;gap:.5rem;justify-content:space-between;align-items:start}
        .target .value{font-size:1.3rem;font-weight:650;font-variant-numeric:tabular-nums}
        .target p{font-size:.85rem;margin:.2rem 0 0}
        .bullet{display:block;width:100%;height:1.5rem;margin:.35rem 0 0}
        """

    private static let charts = """
        figcaption{display:flex;flex-wrap:wrap;gap:.1rem .8rem;align-items:baseline;margin-bottom:.5rem}
        figcaption b{margin-right:auto}
        .key{font-size:.82rem;white-space:nowrap}
        .key i{display:inline-block;width:.9em;height:.55em;border-radius:.15em;margin-right:.3em}
        .frame{display:grid;grid-template-columns:3.4rem minmax(0,1fr)}
        .ys,.xs{position:relative;font-size:.75rem;color:var(--muted);font-variant-numeric:tabular-nums}
        .ys span{position:absolute;bottom:var(--at);right:.4rem;transform:translateY(50%);line-height:1;white-space:nowrap}
        .xs{height:1.2rem;margin-left:3.4rem}
        .xs.bare{margin-left:0}
        .xs span{position:absolute;left:var(--at);top:.2rem;transform:translateX(-50%);white-space:nowrap}
        .xs span.first{transform:none}
        .xs span.last{transform:translateX(-100%)}
        svg{display:block;width:100%;overflow:hidden}
        .plot svg{height:11rem}
        .line{fill:none;stroke-width:1.75;vector-effect:non-scaling-stroke;stroke-linejoin:round}
        .dot{fill:none;stroke-width:9;stroke-linecap:round;vector-effect:non-scaling-stroke}
        .grid{stroke:var(--border);stroke-width:1;vector-effect:non-scaling-stroke}
        .mark{stroke:var(--text);stroke-width:1.5;stroke-dasharray:5 4;vector-effect:non-scaling-stroke;fill:none}
        .hold{fill:var(--text);opacity:.05}
        .hover{fill:transparent}
        .hover:hover{fill:var(--text);opacity:.1}
        .bars{display:grid;grid-template-columns:minmax(4rem,auto) minmax(0,1fr) auto;gap:.35rem .7rem;
        align-items:center;font-size:.85rem;font-variant-numeric:tabular-nums}
        .bars svg{height:1.1rem;border-radius:.2rem}
        .lane svg{height:1rem}
        .away{fill:var(--inconclusive)}
        .lost{fill:var(--fail)}
        .key i.away{background:var(--inconclusive)}
        .key i.lost{background:var(--fail)}
        .track{fill:var(--border)}
        .range{fill:var(--muted);opacity:.45}
        .tick{fill:var(--text)}
        """

    private static let tables = """
        .scroll{overflow-x:auto;align-self:start;border:1px solid var(--border);border-radius:.6rem}
        .scroll:focus-visible,button:focus-visible{outline:2px solid var(--s1);outline-offset:2px}
        table{border-collapse:collapse;width:100%;font-size:.88rem;font-variant-numeric:tabular-nums}
        th,td{padding:.4rem .7rem;text-align:left;white-space:nowrap;border-bottom:1px solid var(--border)}
        tr:last-child td,tbody tr:last-child th{border-bottom:0}
        tbody th{font-weight:400}
        caption,.hidden-label{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
        thead th{background:var(--surface);font-weight:600}
        .wide{white-space:normal;min-width:14rem}
        .n{text-align:right}
        th button{all:unset;cursor:pointer;font-weight:600}
        th button:focus-visible{outline:2px solid var(--s1)}
        th button::after{content:" \\2195";color:var(--muted)}
        th[aria-sort=ascending] button::after{content:" \\2191"}
        th[aria-sort=descending] button::after{content:" \\2193"}
        """

    private static let traces = """
        .trace summary{font-weight:600}
        .steps{list-style:none;padding:0;margin:.6rem 0 0;font-size:.85rem;font-variant-numeric:tabular-nums}
        .steps li{display:grid;grid-template-columns:minmax(0,1fr) auto;gap:.05rem .8rem;align-items:baseline;
        margin:0;padding:.25rem 0;border-top:1px solid var(--border)}
        .steps .what{overflow-wrap:anywhere}
        .steps svg{grid-column:1/-1;height:.7rem}
        .trace .key{white-space:normal}
        .trace .key i~i{margin-left:.6em}
        """

    private static let series = (1...Palette.seriesCount).map {
        ".line.s\($0),.dot.s\($0){stroke:var(--s\($0))}.area.s\($0){fill:var(--s\($0))}.key i.s\($0){background:var(--s\($0))}"
    }.joined(separator: "\n")

    private static let paper = """
        @media (max-width:40rem){main,header,footer{padding:0 .8rem}.plot svg{height:9rem}}
        @media print{body{font-size:11px}figure,.card,.banner,tr{break-inside:avoid}h2{break-after:avoid}
        .scroll{overflow:visible;border:0}*{-webkit-print-color-adjust:exact;print-color-adjust:exact}
        th button::after{content:""!important}}
        """
}
