package bulwark.doctor.report;

import bulwark.doctor.probe.Verdict;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** A report as one page that needs nothing else: no script, no font, no picture, no network. It fits a telephone and paper, and is well-formed XML too. Stateless. */
public final class HtmlReport {
    private static final Map<Verdict, String> HEADINGS = Map.of(
            Verdict.FAIL, "Does not hold",
            Verdict.ERROR, "Could not be looked at",
            Verdict.WARN, "Holds here with a reservation",
            Verdict.PASS, "Holds",
            Verdict.SKIP, "Does not apply");

    private static final String STYLE = """
            :root{color-scheme:light dark;--ink:#1c1e21;--paper:#fff;--soft:#5c6370;--line:#d5d9e0;--box:#f6f7f9;\
            --pass:#1a7f37;--warn:#8a5a00;--fail:#b3261e;--error:#8e24aa;--skip:#5c6370;--waived:#5c6370}
            @media (prefers-color-scheme:dark){:root{--ink:#e6e8eb;--paper:#15171a;--soft:#a0a7b4;--line:#363b44;\
            --box:#1d2025;--pass:#57c773;--warn:#e0a93b;--fail:#ff7b72;--error:#d79af0;--skip:#a0a7b4;--waived:#a0a7b4}}
            *{box-sizing:border-box}
            body{margin:0 auto;max-width:60rem;padding:1rem;background:var(--paper);color:var(--ink);\
            font:1rem/1.5 system-ui,sans-serif;overflow-wrap:anywhere}
            h1{font-size:1.5rem;line-height:1.25;margin:.5rem 0}
            h2{font-size:1.125rem;margin:2rem 0 .5rem}
            h3{font-size:1rem;margin:0}
            .partial{border:2px solid var(--fail);padding:.5rem .75rem;font-weight:600}
            .about{color:var(--soft);margin:.25rem 0}
            article{border:1px solid var(--line);border-inline-start:.375rem solid var(--c);border-radius:.25rem;\
            background:var(--box);padding:.5rem .75rem;margin:.5rem 0}
            .mark{display:inline-block;min-width:3.75rem;color:var(--c);font-weight:700}
            .id{font-family:ui-monospace,monospace;font-size:.9375rem}
            dl{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:.125rem .75rem;margin:.375rem 0 0}
            dt{color:var(--soft)}
            dd{margin:0;unicode-bidi:isolate}
            .pass{--c:var(--pass)}.warn{--c:var(--warn)}.fail{--c:var(--fail)}.error{--c:var(--error)}\
            .skip{--c:var(--skip)}.waived{--c:var(--waived)}
            @media (max-width:30rem){dl{grid-template-columns:minmax(0,1fr);gap:0}dt{margin-top:.25rem}}
            @media print{body{max-width:none;padding:0;font-size:10pt;color:#000;background:#fff}\
            article{break-inside:avoid;background:none}h2{break-after:avoid}}
            """;

    private final StringBuilder page = new StringBuilder(1 << 16);

    private HtmlReport() {}

    /** UTF-8. */
    public static byte[] of(Report report) {
        HtmlReport html = new HtmlReport();
        html.write(report);
        return html.page.toString().getBytes(StandardCharsets.UTF_8);
    }

    private void write(Report report) {
        page.append("<!DOCTYPE html>\n<html xmlns=\"http://www.w3.org/1999/xhtml\" lang=\"en\">\n<head>\n")
                .append("<meta charset=\"utf-8\"/>\n")
                .append("<meta http-equiv=\"Content-Security-Policy\"")
                .append(" content=\"default-src 'none'; style-src 'unsafe-inline'\"/>\n")
                .append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n")
                .append("<meta name=\"referrer\" content=\"no-referrer\"/>\n");
        element("title", "Posture of " + report.target());
        page.append("<style>\n").append(STYLE).append("</style>\n</head>\n<body>\n<header>\n");
        element("h1", "Posture of " + report.target());
        if (!report.complete()) {
            page.append("<p class=\"partial\">The visit was ended early, so this is not the whole.</p>\n");
        }
        element("p", report.summary());
        page.append("<p class=\"about\">Visit <span class=\"id\">");
        text(report.visitId());
        page.append("</span>, <time datetime=\"");
        text(report.started().toString());
        page.append("\">");
        text(report.started().toString());
        page.append("</time></p>\n</header>\n<main>\n");
        sections(report);
        page.append("</main>\n</body>\n</html>\n");
    }

    /** One for each verdict that was given, as the table orders them; what is waived stands by itself. */
    private void sections(Report report) {
        List<ProbeResult> ordered = report.inOrder();
        List.of(Verdict.FAIL, Verdict.ERROR, Verdict.WARN, Verdict.PASS, Verdict.SKIP)
                .forEach(verdict -> section(
                        HEADINGS.getOrDefault(verdict, ""),
                        ordered.stream()
                                .filter(probe -> probe.waiver() == null && probe.status() == verdict)
                                .toList()));
        section(
                "Waived",
                ordered.stream().filter(probe -> probe.waiver() != null).toList());
    }

    private void section(String heading, List<ProbeResult> probes) {
        if (!probes.isEmpty()) {
            page.append("<section>\n");
            element("h2", heading + " (" + probes.size() + ")");
            probes.forEach(this::article);
            page.append("</section>\n");
        }
    }

    private void article(ProbeResult probe) {
        page.append("<article class=\"").append(probe.mark()).append("\" id=\"");
        text(probe.id());
        page.append("\">\n<h3><span class=\"mark\">").append(probe.mark()).append("</span> <span class=\"id\">");
        text(probe.id());
        page.append("</span> ");
        text(probe.title());
        page.append("</h3>\n<dl>\n");
        probe.observation().forEach(this::line);
        line("severity", probe.severity().word());
        line("demanded by", probe.document());
        if (!probe.requirements().isEmpty()) {
            line("ASVS 5.0", probe.requirements().stream().collect(Collectors.joining(", ")));
        }
        page.append("</dl>\n</article>\n");
    }

    private void line(String label, String value) {
        element("dt", label);
        element("dd", value);
    }

    private void element(String name, String content) {
        page.append('<').append(name).append('>');
        text(content);
        page.append("</").append(name).append(">\n");
    }

    private void text(String content) {
        for (int i = 0; i < content.length(); i++) {
            char c = content.charAt(i);
            switch (c) {
                case '&' -> page.append("&amp;");
                case '<' -> page.append("&lt;");
                case '>' -> page.append("&gt;");
                case '"' -> page.append("&quot;");
                case '\'' -> page.append("&#39;");
                default -> page.append(c);
            }
        }
    }
}
