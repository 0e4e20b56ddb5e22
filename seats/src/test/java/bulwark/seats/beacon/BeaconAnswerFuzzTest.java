package bulwark.seats.beacon;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.seats.chain.EndpointClient;
import bulwark.seats.chain.RpcEndpoint;
import bulwark.seats.chain.RpcFailed;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.net.URI;
import java.time.Duration;
import java.util.Set;

class BeaconAnswerFuzzTest {
    private static final BeaconNode NODE = new BeaconNode(
            new EndpointClient(new RpcEndpoint("fuzz", URI.create("http://127.0.0.1:1")), Duration.ofSeconds(1)));

    @FuzzTest(maxDuration = "30s")
    void an_answer_is_validators_and_deposits_or_refused_with_a_kind(byte[] answer) {
        try {
            assertThat(NODE.validators("/validators", answer, Set.of("0x" + "ab".repeat(48))))
                    .hasSizeLessThanOrEqualTo(1);
        } catch (RpcFailed refused) {
            assertThat(refused.kind()).isNotNull();
        }
        try {
            NODE.pendingDeposits("/pending_deposits", answer);
        } catch (RpcFailed refused) {
            assertThat(refused.kind()).isNotNull();
        }
    }
}
