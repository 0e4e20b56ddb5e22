package bulwark.app.stigmem.probe;

import bulwark.doctor.client.ProbeAnswer;
import bulwark.doctor.probe.Observed;
import bulwark.doctor.probe.Probe;
import bulwark.doctor.probe.ProbeDescription;
import bulwark.doctor.probe.Severity;
import bulwark.doctor.probe.Visit;
import java.io.IOException;
import tools.jackson.databind.JsonNode;

/** The document's own last check. */
final class ChainProofProbe implements Probe {
    @Override
    public Observed observe(Visit visit) throws IOException, InterruptedException {
        FactTarget node = FactTarget.of(visit);
        ProbeAnswer answer =
                visit.client().post(node.plain(), "/v1/recall", node.reader(), QUERY, "Stigmem-Verify", "full");
        JsonNode proof = answer.json().path("chain_proof");
        boolean holds = answer.status() == 200 && proof.isObject();
        return Observed.of(
                holds,
                "200 with chain_proof",
                holds
                        ? "chain_proof with head " + proof.path("head_hash").asString("none, since no fact is stored")
                        : "status " + answer.status() + " without chain_proof");
    }

    @Override
    public ProbeDescription description() {
        return ProbeDescription.of(
                        "FACTS-PROOF-01",
                        Severity.HIGH,
                        "A recall that asks for proof gets the chain's head with its signed checkpoint.",
                        "tutorial, final verification 6: \"Full verification metadata available\"",
                        "Set STIGMEM_TL_BACKEND=local or rekor, and restart the node")
                .requires("V16.4.2")
                .sends(1, "one audit row of a read");
    }

    private static final String QUERY = "{\"query\":\"hardening check\",\"scope\":\"company\",\"token_budget\":1000}";
}
