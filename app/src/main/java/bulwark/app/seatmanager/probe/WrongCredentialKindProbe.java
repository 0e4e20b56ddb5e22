package bulwark.app.seatmanager.probe;

import bulwark.doctor.client.ProbeClient;
import bulwark.doctor.probe.Observed;
import bulwark.doctor.probe.Probe;
import bulwark.doctor.probe.ProbeDescription;
import bulwark.doctor.probe.Severity;
import bulwark.doctor.probe.Visit;
import bulwark.kernel.secrets.SecretAccess;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/** A credential that is good for one kind of route opens none of another, and an unknown one opens nothing. */
final class WrongCredentialKindProbe implements Probe {
    private static final String NOBODYS = "doctor-made-this-and-nobody-knows-it-at-all";

    @Override
    public ProbeDescription description() {
        return ProbeDescription.of(
                        "SEATS-AUTH-02",
                        Severity.CRITICAL,
                        "A bearer or session that nobody made opens nothing, and a staker's key no route of people.",
                        "runbook, section 7; seat manager, \"Auth kinds\"",
                        "Let nothing before the API bring a credential of its own, and look at /v1/staker-keys")
                .requires("V7.2.1", "V8.2.1", "V8.3.1")
                .sends(5, "five counts of failed authentication");
    }

    @Override
    public Observed observe(Visit visit) throws IOException, InterruptedException {
        SeatTarget seats = SeatTarget.of(visit);
        String staker =
                ProbeClient.credential(seats.part().path("staker_key_file")).exposeText(SecretAccess.grant());
        Map<String, Integer> answers = new LinkedHashMap<>();
        answers.put("an unknown bearer", bearer(seats, "/v1/users", NOBODYS));
        answers.put("an unknown bearer at a step-up", step(seats));
        answers.put(
                "an unknown session",
                seats.get("/v1/users", "Cookie", "__Host-csm_session=" + NOBODYS + "; csm_session=" + NOBODYS)
                        .status());
        answers.put("a staker's key at /v1/users", bearer(seats, "/v1/users", staker));
        answers.put("a key nobody made at /v1/validator", bearer(seats, "/v1/validator/0x00", "smk_" + NOBODYS));
        return Observed.of(
                answers.values().stream().allMatch(status -> status == 401), "401 to each", answers.toString());
    }

    private static int bearer(SeatTarget seats, String path, String token) throws IOException, InterruptedException {
        return seats.get(path, "Authorization", "Bearer " + token).status();
    }

    private static int step(SeatTarget seats) throws IOException, InterruptedException {
        return seats.ask(
                        "POST",
                        "/v1/seats/1/settle",
                        "{}",
                        "Content-Type",
                        "application/json",
                        "Authorization",
                        "Bearer " + NOBODYS)
                .status();
    }
}
