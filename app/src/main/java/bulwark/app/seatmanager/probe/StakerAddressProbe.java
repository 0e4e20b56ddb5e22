package bulwark.app.seatmanager.probe;

import bulwark.doctor.client.ProbeAnswer;
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

/** With a key that is bound to a wallet to which no seat pays: whatever it reads is another's. */
final class StakerAddressProbe implements Probe {
    private static final String PATH = "/v1/validator/0x" + "d0".repeat(48);
    private static final String HEADER = "X-Staker-Address";
    private static final String ANOTHER = "0x" + "d1".repeat(20);

    @Override
    public ProbeDescription description() {
        return ProbeDescription.of(
                        "SEATS-CSM-04",
                        Severity.CRITICAL,
                        "A staker's key reads with the wallet that it is bound to, named once, and what is another's looks like nothing.",
                        "runbook, section 7, CSM-04: \"must be address-bound via X-Staker-Address\"",
                        "Let nothing before the API set X-Staker-Address")
                .requires("V8.2.2", "V15.3.7")
                .sends(8, "audit rows of refusals");
    }

    @Override
    public Observed observe(Visit visit) throws IOException, InterruptedException {
        SeatTarget seats = SeatTarget.of(visit);
        String key = "Bearer "
                + ProbeClient.credential(seats.part().path("staker_key_file")).exposeText(SecretAccess.grant());
        Map<String, String> expected = new LinkedHashMap<>();
        Map<String, String> seen = new LinkedHashMap<>();
        expect(expected, seen, "no wallet", "400 STAKER_ADDRESS_REQUIRED", seats.get(PATH, "Authorization", key));
        expect(
                expected,
                seen,
                "no wallet at /rewards",
                "400 STAKER_ADDRESS_REQUIRED",
                seats.get(PATH + "/rewards", "Authorization", key));
        expect(
                expected,
                seen,
                "two wallets",
                "400 STAKER_ADDRESS_REQUIRED",
                seats.get(PATH, "Authorization", key, HEADER, ViewerEnrolment.WALLET, HEADER, ANOTHER));
        expect(
                expected,
                seen,
                "another's wallet",
                "404 NOT_FOUND",
                seats.get("/v1/validators/" + ANOTHER, "Authorization", key, HEADER, ANOTHER));
        expect(
                expected,
                seen,
                "an unknown validator",
                "404 NOT_FOUND",
                seats.get(PATH, "Authorization", key, HEADER, ViewerEnrolment.WALLET));
        expect(
                expected,
                seen,
                "a wallet without a key",
                "401 UNAUTHENTICATED",
                seats.get(PATH, HEADER, ViewerEnrolment.WALLET));
        return Observed.of(seen.equals(expected), expected.toString(), seen.toString());
    }

    private static void expect(
            Map<String, String> expected, Map<String, String> seen, String what, String answer, ProbeAnswer given) {
        expected.put(what, answer);
        seen.put(what, (given.status() + " " + SeatTarget.code(given)).strip());
    }
}
