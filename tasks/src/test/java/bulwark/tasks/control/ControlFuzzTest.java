package bulwark.tasks.control;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.kernel.json.StrictJson;
import bulwark.tasks.Mutations;
import bulwark.tasks.envelope.Envelope;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Whatever an untrusted sender sends to a channel of commands: a command within bounds, or none, and never a fault. */
class ControlFuzzTest {
    private static final String SEED =
            "{\"requestId\":\"r-1\",\"type\":\"revoke\",\"targets\":[\"*\",\"w-1\"],\"payload\":{\"revocations\":[{\"taskId\":\"t\",\"version\":1}]},\"timeoutMs\":5000,\"nonce\":\"n\",\"expiresAt\":\"2026-01-02T03:04:05.678Z\",\"workerId\":\"w\",\"status\":\"ok\",\"error\":{\"message\":\"m\"}}";

    @FuzzTest(maxDuration = "1m")
    void hostile_arguments_are_a_command_within_bounds_or_none(byte[] bytes) {
        try {
            if (StrictJson.parse(bytes) instanceof ObjectNode args) {
                read(args);
            }
        } catch (StrictJson.JsonRefused notJson) {
            assertThat(notJson).isNotNull();
        }
    }

    private static void read(ObjectNode args) {
        ControlCodec.command(envelope(ControlCodec.COMMAND, args)).ifPresent(command -> {
            assertThat(command.requestId()).matches("[A-Za-z0-9._-]{1,100}");
            assertThat(command.timeout()).isBetween(Duration.ofMillis(1), Duration.ofHours(1));
            assertThat(command.targets()).hasSizeLessThanOrEqualTo(1_000);
        });
        ControlCodec.reply(envelope(ControlCodec.REPLY, args), "r-1", false)
                .ifPresent(reply -> assertThat(reply.requestId()).isEqualTo("r-1"));
    }

    private static Envelope envelope(String name, ObjectNode args) {
        ObjectNode meta = JsonNodeFactory.instance.objectNode();
        return new Envelope("id", name, args, Map.of(), Instant.EPOCH, null, 0, 0, 0, null, "stem.control", meta);
    }

    @Test
    void mutations_of_a_command_are_read_or_none() {
        Mutations.of(SEED.getBytes(StandardCharsets.UTF_8), 4713, 20_000)
                .forEach(this::hostile_arguments_are_a_command_within_bounds_or_none);
    }
}
