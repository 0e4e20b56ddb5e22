package bulwark.app.seatmanager.probe;

import bulwark.doctor.client.ProbeAnswer;
import bulwark.doctor.probe.Observed;
import bulwark.doctor.probe.Probe;
import bulwark.doctor.probe.ProbeDescription;
import bulwark.doctor.probe.Severity;
import bulwark.doctor.probe.Visit;
import java.io.IOException;

/** With a name that nobody has: who guesses waits, and a name next to it does not. */
final class SignInThrottleProbe implements Probe {
    private static final int MAX_GUESSES = 8;

    @Override
    public ProbeDescription description() {
        return ProbeDescription.of(
                        "SEATS-LOGIN-01",
                        Severity.HIGH,
                        "Who guesses a password has to wait, and nobody else waits with them.",
                        "seat manager, \"RBAC, limits\": lockout; runbook, section 3",
                        "Let a proxy before the API hand on the caller's own address, and answer nothing itself")
                .requires("V6.3.1")
                .sends(
                        MAX_GUESSES + 1,
                        "guesses of a name that nobody has, which count among the sign-ins of one address");
    }

    @Override
    public Observed observe(Visit visit) throws IOException, InterruptedException {
        SeatTarget seats = SeatTarget.of(visit);
        String expected = "401 to the first guesses, then 429 with Retry-After; 401 to another name";
        for (int guess = 1; guess <= MAX_GUESSES; guess++) {
            ProbeAnswer answer = guess(seats, "doctor-guesses");
            if (answer.status() == 429) {
                boolean waits = answer.header("Retry-After").matches("[1-9][0-9]*");
                if (guess == 1) {
                    return Observed.of(waits, expected, "429 at once: the name still waits from an earlier visit");
                }
                int other =
                        guess(seats, "doctor-guesses-" + visit.clock().millis()).status();
                return Observed.of(
                        waits && other == 401,
                        expected,
                        "429 at guess " + guess + (waits ? "" : " without Retry-After") + "; another name got "
                                + other);
            }
            if (answer.status() != 401) {
                return Observed.fail(expected, "status " + answer.status() + " at guess " + guess);
            }
        }
        return Observed.fail(expected, "no 429 within " + MAX_GUESSES + " guesses");
    }

    private static ProbeAnswer guess(SeatTarget seats, String name) throws IOException, InterruptedException {
        return seats.ask(
                "POST",
                "/v1/auth/login",
                "{\"username\":\"" + name + "\",\"password\":\"a guess of the doctor\"}",
                "Content-Type",
                "application/json");
    }
}
