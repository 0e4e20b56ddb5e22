package bulwark.app.seatmanager.probe;

import bulwark.doctor.probe.Observed;
import bulwark.doctor.probe.Probe;
import bulwark.doctor.probe.ProbeDescription;
import bulwark.doctor.probe.Severity;
import bulwark.doctor.probe.Visit;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/** A browser sends the cookie along with whatever page asks it to: what another page cannot send is looked at. */
final class CrossSiteRequestProbe implements Probe {
    private static final String ELSEWHERE = "https://elsewhere.example";

    @Override
    public ProbeDescription description() {
        return ProbeDescription.of(
                        "SEATS-CSRF-01",
                        Severity.HIGH,
                        "A request that may change something needs the session's CSRF token, and comes from no page of another origin.",
                        "seat manager, \"Sessions\": CSRF; runbook, section 1: admin frontend",
                        "Take the origin out of SEAT_MANAGER_PUBLIC_ORIGINS, and let no proxy set X-CSRF-Token or Origin")
                .requires("V3.5.1", "V3.5.3")
                .sends(7, "audit rows of refusals");
    }

    @Override
    public Observed observe(Visit visit) throws IOException, InterruptedException {
        SeatTarget seats = SeatTarget.of(visit);
        ViewerSession session = seats.session();
        Map<String, Integer> answers = new LinkedHashMap<>();
        answers.put(
                "no token",
                seats.ask("POST", "/v1/auth/logout", "", session.reading()).status());
        answers.put(
                "another token",
                seats.ask("POST", "/v1/auth/logout", "", "Cookie", session.cookies(), "X-CSRF-Token", "another")
                        .status());
        answers.put(
                "a page elsewhere",
                seats.ask("POST", "/v1/auth/logout", "", session.changing("Origin", ELSEWHERE))
                        .status());
        answers.put(
                "a sign-in from elsewhere",
                seats.ask("POST", "/v1/auth/login", "{}", "Content-Type", "application/json", "Origin", ELSEWHERE)
                        .status());
        int alive = seats.get("/v1/auth/me", session.reading()).status();
        return Observed.of(
                alive == 200 && answers.values().stream().allMatch(status -> status == 403),
                "403 to each, and the session lives on",
                answers + ", the session got " + alive);
    }
}
