package bulwark.app.seatmanager.probe;

import bulwark.doctor.client.ProbeAnswer;
import bulwark.doctor.probe.Observed;
import bulwark.doctor.probe.Probe;
import bulwark.doctor.probe.ProbeDescription;
import bulwark.doctor.probe.Severity;
import bulwark.doctor.probe.Visit;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** By a sign-in of the doctor's own user, whose session ends with the look. */
final class SessionCookieProbe implements Probe {
    private static final int MIN_TOKEN = 43;

    @Override
    public ProbeDescription description() {
        return ProbeDescription.of(
                        "SEATS-SESSION-01",
                        Severity.HIGH,
                        "A session is a cookie for this host alone, out of the reach of scripts and other sites, and ends when its person ends it.",
                        "runbook, section 4: \"SEAT_MANAGER_SECURE_COOKIES\"",
                        "Set SEAT_MANAGER_SECURE_COOKIES=true, restart the API, and let no proxy rewrite Set-Cookie")
                .requires("V3.3.1", "V3.3.2", "V3.3.3", "V3.3.4", "V7.4.1")
                .sends(6, "audit rows of one sign-in and its end");
    }

    @Override
    public Observed observe(Visit visit) throws IOException, InterruptedException {
        SeatTarget seats = SeatTarget.of(visit);
        String device = Arrays.stream(seats.session().cookies().split("; "))
                .filter(each -> each.contains("csm_device"))
                .findFirst()
                .orElse("");
        ProbeAnswer answer = ViewerSession.signIn(seats, device);
        ViewerSession session = ViewerSession.opened(answer);
        List<String> faults = faults(answer.headers().allValues("Set-Cookie"));
        int ended = seats.ask("POST", "/v1/auth/logout", "", session.changing()).status();
        int after = seats.get("/v1/auth/me", session.reading()).status();
        if (ended != 204 || after != 401) {
            faults.add("after its end (" + ended + ") it was answered with " + after);
        }
        return Observed.of(
                faults.isEmpty(),
                "__Host-, Secure, HttpOnly, SameSite=Strict and Path=/, a token of 32 bytes or more, and 401 after its end",
                faults.isEmpty() ? "all of it" : String.join("; ", faults));
    }

    private static List<String> faults(List<String> cookies) {
        List<String> faults = new ArrayList<>();
        String session = cookies.stream()
                .filter(each -> each.split("=", 2)[0].endsWith("csm_session"))
                .findFirst()
                .orElse("");
        if (!session.startsWith("__Host-")) {
            faults.add("no cookie __Host-csm_session");
        }
        List<String> attributes = Arrays.stream(session.split(";"))
                .skip(1)
                .map(each -> each.strip().toLowerCase(Locale.ROOT))
                .toList();
        for (String wanted : List.of("secure", "httponly", "samesite=strict", "path=/")) {
            if (!attributes.contains(wanted)) {
                faults.add("without " + wanted);
            }
        }
        String value = session.split(";", 2)[0].replaceFirst("[^=]*=", "");
        if (value.length() < MIN_TOKEN) {
            faults.add("a token of " + value.length() + " characters");
        }
        return faults;
    }
}
