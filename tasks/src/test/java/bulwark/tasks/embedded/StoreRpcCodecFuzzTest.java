package bulwark.tasks.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.tasks.Mutations;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Whatever comes over the socket: arguments of the method, or a refusal. */
class StoreRpcCodecFuzzTest {
    private static final Method TAKE = Arrays.stream(QueueApi.class.getMethods())
            .filter(method -> method.getName().equals("receive"))
            .findFirst()
            .orElseThrow();

    @FuzzTest(maxDuration = "1m")
    void hostile_calls_are_decoded_or_refused(byte[] bytes) {
        try {
            assertThat(StoreRpcCodec.arguments(TAKE, bytes)).hasSize(1);
        } catch (IllegalArgumentException refused) {
            assertThat(refused).hasMessageNotContaining("Exception");
        }
    }

    @Test
    void mutated_calls_are_decoded_or_refused() {
        byte[] seed = StoreRpcCodec.write(
                List.of(new StoreRpc.Poll(List.of("default"), List.of("news"), "consumer", 30_000, 8, 500, true)));
        Mutations.of(seed, 4715, 20_000).forEach(this::hostile_calls_are_decoded_or_refused);
    }
}
