package bulwark.app.stigmem.probe;

import bulwark.doctor.client.ProbeAnswer;
import bulwark.doctor.probe.Observed;
import bulwark.doctor.probe.Probe;
import bulwark.doctor.probe.ProbeDescription;
import bulwark.doctor.probe.Severity;
import bulwark.doctor.probe.Visit;
import bulwark.kernel.secrets.SecretBytes;
import java.io.IOException;
import java.time.Duration;
import tools.jackson.databind.JsonNode;

/** Asked with a key that may only read: the quota stands before the permission, so nothing is ever written. Another principal is asked too, and must not be slowed. */
final class WriteQuotaProbe implements Probe {
    @Override
    public Observed observe(Visit visit) throws IOException, InterruptedException {
        FactTarget node = FactTarget.of(visit);
        SecretBytes reader = node.reader();
        String expected =
                "403 until the bucket is empty, then 429 quota_exceeded of fact_write; another principal unharmed";
        for (int i = 1; i <= MAX_WRITES; i++) {
            ProbeAnswer answer = visit.client().post(node.plain(), "/v1/facts", reader, NEVER_STORED);
            if (answer.status() == 429) {
                return judge(
                        expected,
                        i,
                        answer,
                        visit.client()
                                .post(node.plain(), "/v1/facts", node.auditor(), NEVER_STORED)
                                .status());
            }
            if (answer.status() != 403) {
                return Observed.fail(
                        expected, "status " + answer.status() + " at write " + i + " with a key that may only read");
            }
        }
        return Observed.fail(expected, "no 429 within " + MAX_WRITES + " writes");
    }

    private static Observed judge(String expected, int number, ProbeAnswer answer, int other) {
        JsonNode body = answer.json();
        boolean members = body.path("error").asString("").equals("quota_exceeded")
                && body.path("dimension").asString("").equals("fact_write")
                && body.path("principal").asString("").equals(ReaderEnrolment.READER)
                && body.path("retry_after").asDouble(0) > 0;
        return Observed.of(
                members && other == 403,
                expected,
                "429 at write " + number
                        + (members ? " with the document's members" : " without the document's members")
                        + "; another principal got " + other);
    }

    @Override
    public ProbeDescription description() {
        return ProbeDescription.of(
                        "FACTS-QUOTA-01",
                        Severity.HIGH,
                        "Writes are counted for each principal, and one too many gets 429 with the document's members.",
                        "tutorial, step 5: \"A 429 confirms the token-bucket quota is active\"",
                        "Set STIGMEM_RATE_LIMIT_WRITE_PER_HOUR to a number above 0 and restart the node")
                .requires("V2.4.1")
                .sends(131, "one bucket of the doctor's own key, empty for a while, and the audit rows of its refusals")
                .within(Duration.ofSeconds(30));
    }

    /** The burst of the default setting, and some. */
    private static final int MAX_WRITES = 130;

    private static final String NEVER_STORED =
            "{\"entity\":\"stigmem://doctor/never-stored\",\"relation\":\"doctor:never\",\"value\":\"x\",\"scope\":\"local\"}";
}
