/// What served pages have beside a report's style.
enum PageStyle {
    static let text = """

        .skip{position:absolute;left:-100rem;background:var(--ground);padding:.5rem 1rem;z-index:3}
        .skip:focus{left:0;top:0}
        nav{max-width:72rem;margin:0 auto;padding:.75rem 1.25rem 0;display:flex;flex-wrap:wrap;gap:.25rem 1.25rem}
        a{color:var(--s1)}
        nav a[aria-current]{color:var(--text);font-weight:600}
        a:focus-visible,.log:focus-visible,select:focus-visible,input:focus-visible,main:focus-visible,summary:focus-visible{
        outline:2px solid var(--s1);outline-offset:2px}
        .status{font-weight:600;margin:1rem 0 .5rem;max-width:none}
        .lost-link{border-radius:.6rem;padding:.5rem 1rem;color:var(--fail);background:var(--fail-ground)}
        .unlinked .part{opacity:.55;filter:grayscale(1)}
        .tiles{list-style:none;padding:0;display:grid;gap:.6rem;
        grid-template-columns:repeat(auto-fit,minmax(min(100%,9.5rem),1fr));margin:.5rem 0}
        .tiles li{margin:0;background:var(--surface);border:1px solid var(--border);border-radius:.6rem;padding:.5rem .8rem;
        min-width:0}
        .tiles span{display:block;font-size:.8rem;color:var(--muted)}
        .tiles b{font-weight:650;font-variant-numeric:tabular-nums}
        .tiles small{display:block;font-weight:400;color:var(--muted)}
        figure.strip{margin-top:.6rem}
        .strip svg{height:2.5rem}
        .stage{fill:var(--s6);opacity:.55}
        .stage.over{fill:var(--s3);opacity:.8}
        .stage.now{fill:var(--s1);opacity:1}
        .now-mark{stroke:var(--text);stroke-width:2.5;vector-effect:non-scaling-stroke}
        .log{max-height:16rem;overflow-y:auto;border:1px solid var(--border);border-radius:.6rem}
        .log ol{list-style:none;padding:0;margin:0}
        .log li{padding:.3rem .8rem;margin:0;border-bottom:1px solid var(--border);font-size:.88rem}
        .log li:last-child{border-bottom:0}
        .log time{color:var(--muted);font-variant-numeric:tabular-nums;margin-right:.5rem}
        .choice{display:flex;flex-wrap:wrap;gap:.4rem .8rem;align-items:center;margin:.5rem 0}
        select,input,.do{font:inherit;color:var(--text);background:var(--surface);border:1px solid var(--muted);
        border-radius:.4rem;padding:.35rem .7rem;max-width:100%}
        .do{cursor:pointer;font-weight:600}
        .do.grave{color:var(--fail);border-color:var(--fail)}
        .do:disabled{opacity:.5;cursor:default}
        .controls{display:flex;flex-wrap:wrap;gap:.5rem;align-items:center}
        dialog{color:var(--text);background:var(--ground);border:1px solid var(--muted);border-radius:.7rem;
        padding:1.25rem;width:min(28rem,calc(100vw - 2rem))}
        dialog::backdrop{background:rgba(0,0,0,.5)}
        dialog h2{margin:0 0 .5rem}
        td input[type=radio]{margin:0;width:1.2rem;height:1.2rem;accent-color:var(--s1)}
        @media (prefers-reduced-motion:reduce){*{scroll-behavior:auto!important;transition:none!important;
        animation:none!important}}
        @media print{nav,.skip,.controls,.choice{display:none}}

        """
}
