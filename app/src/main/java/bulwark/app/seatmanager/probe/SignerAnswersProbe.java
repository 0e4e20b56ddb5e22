package bulwark.app.seatmanager.probe;

import bulwark.doctor.probe.Observed;
import bulwark.doctor.probe.Probe;
import bulwark.doctor.probe.ProbeDescription;
import bulwark.doctor.probe.Severity;
import bulwark.doctor.probe.Visit;
import bulwark.kernel.json.StrictJson;
import bulwark.seats.contract.EvmAddress;
import bulwark.seats.plan.ChainNetwork;
import bulwark.seats.plan.GasCeiling;
import bulwark.seats.plan.Plan;
import bulwark.seats.plan.PlanKind;
import bulwark.seats.plan.PlanPreconditions;
import bulwark.seats.plan.PlannedAction;
import bulwark.seats.signer.SigningRequest;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** Four messages that nobody may have signed: a bare hash, no document at all, a well-formed plan of the public chain that nobody approved, and a request for a key. */
final class SignerAnswersProbe implements Probe {
    private static final long PUBLIC_CHAIN = 1;
    private static final int MINUTES = 10;

    @Override
    public ProbeDescription description() {
        return ProbeDescription.of(
                        "SEATS-SIGNER-05",
                        Severity.CRITICAL,
                        "The signer signs approved plans of its own chain, and nothing else.",
                        "runbook, section 1; seat manager, \"signer answers only plans\"",
                        "Stop what answers at the signer's socket, and change the key of the treasury")
                .requires("V2.2.1", "V13.2.1")
                .sends(0, "four counts of refusals, and an audit row of one in the signer's journal");
    }

    @Override
    public Observed observe(Visit visit) throws IOException {
        Path socket = SeatTarget.of(visit).signerSocket();
        String before = SignerExchange.health(socket).path("signed").asString("");
        Map<String, String> answers = new LinkedHashMap<>();
        boolean refused = true;
        for (Map.Entry<String, String> message :
                messages(visit.clock().instant()).entrySet()) {
            Optional<JsonNode> answer = SignerExchange.send(socket, message.getValue());
            String code = answer.map(json -> json.path("error").path("code").asString("no refusal"))
                    .orElse("turned away");
            refused &= !code.equals("no refusal");
            answers.put(message.getKey(), code);
        }
        String after = SignerExchange.health(socket).path("signed").asString("");
        return Observed.of(
                refused && before.equals(after),
                "a refusal of each, and as many signatures after as before",
                answers + ", " + before + " signatures before and " + after + " after");
    }

    private static Map<String, String> messages(Instant now) {
        Map<String, String> messages = new LinkedHashMap<>();
        messages.put("a hash", StrictJson.text(Map.of("request", "sign", "hash", bytes(32))));
        messages.put("no document", "sign this");
        messages.put("a plan of another chain", new String(plan(now).bytes(), StandardCharsets.UTF_8));
        messages.put("a key", StrictJson.text(Map.of("request", "generate")));
        return messages;
    }

    private static SigningRequest plan(Instant now) {
        EvmAddress nobody = EvmAddress.parse(ViewerEnrolment.WALLET).orElseThrow();
        Instant created = now.truncatedTo(ChronoUnit.SECONDS);
        Plan plan = new Plan(
                new ChainNetwork(PUBLIC_CHAIN, nobody, nobody, nobody, bytes(32)),
                0,
                nobody,
                nobody,
                BigInteger.ZERO,
                "0x",
                new PlannedAction.VaultStep(PlanKind.FINALIZE_SETTLEMENT, nobody),
                new PlanPreconditions(
                        PlanPreconditions.PROPOSER, BigInteger.ZERO, bytes(32), 0, nobody, bytes(32), bytes(32)),
                new GasCeiling(GasCeiling.MIN_LIMIT, BigInteger.ONE, BigInteger.ZERO),
                ViewerEnrolment.USER,
                created,
                created.plus(MINUTES, ChronoUnit.MINUTES));
        return new SigningRequest(plan, List.of(), 0, GasCeiling.MIN_LIMIT, BigInteger.ONE, BigInteger.ZERO);
    }

    private static String bytes(int count) {
        return "0x" + "d0".repeat(count);
    }
}
