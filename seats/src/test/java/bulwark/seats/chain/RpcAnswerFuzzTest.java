package bulwark.seats.chain;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.seats.contract.AbiRefused;
import bulwark.seats.contract.DepositGateAbi;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.net.URI;
import java.time.Duration;

class RpcAnswerFuzzTest {
    private static final JsonRpcClient CLIENT =
            new JsonRpcClient(new RpcEndpoint("fuzz", URI.create("http://127.0.0.1:1")), Duration.ofSeconds(1));

    @FuzzTest(maxDuration = "30s")
    void an_answer_is_a_result_or_refused_with_a_kind(byte[] answer) {
        try {
            CLIENT.result("eth_call", 1, answer);
        } catch (RpcFailed refused) {
            assertThat(refused.kind()).isNotNull();
        }
        try {
            DepositGateAbi.depositEvent(answer);
        } catch (AbiRefused refused) {
            assertThat(refused).hasMessageEndingWith(".");
        }
    }
}
