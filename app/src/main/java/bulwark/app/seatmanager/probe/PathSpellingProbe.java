package bulwark.app.seatmanager.probe;

import bulwark.doctor.client.RawExchange;
import bulwark.doctor.probe.Observed;
import bulwark.doctor.probe.Probe;
import bulwark.doctor.probe.ProbeDescription;
import bulwark.doctor.probe.Severity;
import bulwark.doctor.probe.Visit;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** As bytes, since a client would tidy such a path up before it goes out; with the session of one who may not read it. */
final class PathSpellingProbe implements Probe {
    private static final List<String> SPELLINGS = List.of(
            "/api/mainnet/v1/audit-logs",
            "/api/centurion/v1/audit-logs",
            "/api/mainnet/api/mainnet/v1/audit-logs",
            "//v1/audit-logs",
            "/v1/./audit-logs",
            "/v1/seats/../audit-logs",
            "/v1%2faudit-logs",
            "/v1/audit-logs/",
            "/V1/Audit-Logs",
            "/v1/audit-logs;a=b");

    @Override
    public ProbeDescription description() {
        return ProbeDescription.of(
                        "SEATS-ROUTE-01",
                        Severity.CRITICAL,
                        "No other spelling of a path, and no header that names another method or path, leads past a guard.",
                        "runbook, section 7, CSM-03: \"GET /v1/audit-logs*\"; seat manager, \"Prefix normalisation\"",
                        "Let a proxy before the API hand paths on as they come, and set no header that rewrites them")
                .requires("V4.1.4", "V4.2.1", "V8.3.1")
                .sends(SPELLINGS.size() + 2, "counts of refusals, and their audit rows");
    }

    @Override
    public Observed observe(Visit visit) throws IOException, InterruptedException {
        SeatTarget seats = SeatTarget.of(visit);
        ViewerSession session = seats.session();
        Map<String, String> answers = new LinkedHashMap<>();
        for (String path : SPELLINGS) {
            answers.put(path, raw(seats, "GET " + path, session, ""));
        }
        answers.put(
                "X-HTTP-Method-Override",
                raw(
                        seats,
                        "GET /v1/audit-logs",
                        session,
                        "X-HTTP-Method-Override: OPTIONS\r\nX-Original-URL: /health\r\n"));
        return Observed.of(
                answers.values().stream().allMatch(status -> status.startsWith("4")),
                "a 4xx to each",
                answers.toString());
    }

    private static String raw(SeatTarget seats, String line, ViewerSession session, String more) throws IOException {
        URI api = seats.api();
        String request = line + " HTTP/1.1\r\nHost: " + api.getAuthority() + "\r\nCookie: " + session.cookies() + "\r\n"
                + more + "Connection: close\r\n\r\n";
        byte[] answer = RawExchange.send(seats.visit().client(), api, request.getBytes(StandardCharsets.US_ASCII));
        String[] words = new String(answer, StandardCharsets.ISO_8859_1).split(" ", 3);
        return words.length > 1 && words[0].startsWith("HTTP/") ? words[1] : "no answer";
    }
}
