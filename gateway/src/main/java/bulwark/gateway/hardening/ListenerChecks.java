package bulwark.gateway.hardening;

import bulwark.gateway.hardening.BoxFinding.Observation;
import bulwark.kernel.secrets.SecretAccess;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the listeners answer: headers on every kind of answer, the address guard, and callers who claim to be the administrator. */
final class ListenerChecks {
    private static final Map<String, String> HEADERS = Map.of(
            "X-Content-Type-Options", "nosniff",
            "X-Frame-Options", "DENY",
            "X-XSS-Protection", "0",
            "Referrer-Policy", "strict-origin-when-cross-origin",
            "Permissions-Policy", "camera=(), microphone=(), geolocation=()");
    /** One address of each range of the page. */
    private static final List<String> BLOCKED =
            List.of("127.0.0.1", "[::1]", "10.0.0.1", "172.16.0.1", "192.168.0.1", "169.254.169.254", "[fd00::1]");

    private static final List<String> GUESSES =
            List.of("admin", "changeme", "stoa-admin-token", "0123456789abcdef0123456789abcdef");
    private static final String PROBE_ID = "hardening-check";

    private ListenerChecks() {}

    static BoxFinding headers(HardeningTarget target) {
        Observation seen = new Observation();
        boolean tls = target.tlsPort() != 0;
        Map<String, Probe> probes = new LinkedHashMap<>();
        probes.put("health", () -> target.front().get("/health"));
        probes.put("a path without a route", () -> target.front().get("/hardening-check"));
        probes.put("a request that is no HTTP", () -> target.front().send("GET / HTTP/1.1\r\nbad line\r\n\r\n"));
        if (tls) {
            probes.put("the redirect of plain HTTP", () -> target.plain().get("/hardening-check"));
        }
        probes.put("the admin API", () -> target.admin().get("/admin/apis"));
        probes.forEach((what, probe) -> headers(what, probe, tls, seen));
        return seen.of(HardeningBox.SECURITY_HEADERS);
    }

    private interface Probe {
        HttpProbe.Answer answer() throws IOException;
    }

    private static void headers(String what, Probe probe, boolean tls, Observation seen) {
        HttpProbe.Answer answer;
        try {
            answer = probe.answer();
        } catch (IOException e) {
            seen.bad(what + ": " + e.getMessage());
            return;
        }
        List<String> missing = HEADERS.entrySet().stream()
                .filter(header -> !answer.values(header.getKey()).equals(List.of(header.getValue())))
                .map(Map.Entry::getKey)
                .sorted()
                .toList();
        seen.judge(
                missing.isEmpty(),
                what + " (" + answer.status() + ") has each of the five headers once",
                what + " (" + answer.status() + ") lacks, repeats or changes " + String.join(", ", missing));
        if (tls && what.equals("health")) {
            seen.judge(
                    answer.values("Strict-Transport-Security").size() == 1,
                    "answers over TLS have Strict-Transport-Security",
                    "answers over TLS lack Strict-Transport-Security");
        }
    }

    /** Each range is offered as a backend of a route that is not activated; what is taken in is removed again. */
    static BoxFinding addressGuard(HardeningTarget target) {
        Observation seen = new Observation();
        if (target.adminToken().isEmpty()) {
            seen.unseen(
                    "without the admin token no backend can be offered: name its file with STOA_ADMIN_API_TOKEN_FILE");
            return seen.of(HardeningBox.SSRF_BLOCKLIST);
        }
        String credential = "Authorization: Bearer " + target.adminToken().get().exposeText(SecretAccess.grant());
        for (String address : BLOCKED) {
            String route = "{\"id\":\"" + PROBE_ID + "\",\"path_prefix\":\"/" + PROBE_ID
                    + "\",\"activated\":false,\"backend_url\":\"http://" + address + ":81\"}";
            try {
                int status = target.admin()
                        .request("POST", "/admin/apis", route, credential)
                        .status();
                if (status < 300) {
                    target.admin().request("DELETE", "/admin/apis/" + PROBE_ID, "", credential);
                    seen.bad("a backend at " + address + " is accepted");
                } else if (status == 400) {
                    seen.good("a backend at " + address + " is refused");
                } else {
                    seen.unseen("the admin API answered " + status + " to a backend at " + address);
                }
            } catch (IOException e) {
                seen.unseen("the admin API does not answer: " + e.getMessage());
            }
        }
        return seen.of(HardeningBox.SSRF_BLOCKLIST);
    }

    static BoxFinding roles(HardeningTarget target) {
        Observation seen = new Observation();
        try {
            int none = target.admin().get("/admin/apis").status();
            seen.judge(
                    none == 401 || none == 404,
                    "the admin API without a token answers " + none,
                    "the admin API answers " + none + " without a token");
            for (String guess : GUESSES) {
                int status = target.admin()
                        .get("/admin/apis", "Authorization: Bearer " + guess)
                        .status();
                if (status < 300) {
                    seen.bad("the admin API takes the token " + guess + ", which anybody would try");
                }
            }
        } catch (IOException e) {
            seen.unseen("the admin API does not answer: " + e.getMessage());
        }
        seen.judge(
                !target.settings().flag("STOA_RBAC__ADMIN_ALIAS"),
                "the role name admin of a token means nothing",
                "STOA_RBAC__ADMIN_ALIAS is on: Keycloak's own administrators are administrators here");
        RealmCheck.presetUsers(target, seen);
        return seen.of(HardeningBox.ROLES);
    }
}
