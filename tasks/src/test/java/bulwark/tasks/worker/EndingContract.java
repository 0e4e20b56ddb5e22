package bulwark.tasks.worker;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.tasks.client.EnqueueRequest;
import bulwark.tasks.handler.TaskOptions;
import bulwark.tasks.results.TaskState;
import bulwark.tasks.results.TaskStatus;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** Whatever a handler returns or throws, its task ends once and no other task notices, on every task store. */
@Timeout(60)
abstract class EndingContract extends WorkerTestBase {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    @Test
    void a_result_that_cannot_be_written_fails_its_task_once_and_the_next_task_runs() throws Exception {
        Map<String, Object> results = new HashMap<>();
        results.put("half", "cut in the middle of an emoji: \ud83d");
        results.put("halfkey", Map.of("k\ud83d", 1));
        results.put("nan", NODES.objectNode().put("x", Double.NaN));
        results.put("pojo", NODES.pojoNode(new Object()));
        results.put("missing", NODES.missingNode());
        results.put("binary", NODES.binaryNode(new byte[] {1}));
        results.put("bigdec", new BigDecimal("1E+400000000"));
        results.put("deep", nested(100_000));
        results.put("big", "x".repeat(1 << 20));
        results.put("bytes", new byte[1 << 20]);
        results.put("cycle", cycle());
        fixture.handler(
                "returns", context -> results.get(context.args().path("kind").asString("")));
        fixture.start();

        for (String kind : results.keySet()) {
            TaskStatus status = fixture.awaitEnd(enqueue("returns", kind));

            assertThat(status.state()).as(kind).isEqualTo(TaskState.FAILED);
            assertThat(status.error().message()).as(kind).isNotBlank();
        }
        WorkerFixture.until(() -> fixture.deadLetters().size() == results.size());
        assertThat(fixture.deadLetters())
                .allSatisfy(deadLetter -> assertThat(deadLetter.reason()).isEqualTo("unwritable-result"));
        assertThat(fixture.awaitEnd(fixture.client.enqueue(EnqueueRequest.named("demo.echo", WorkerFixture.args())))
                        .state())
                .isEqualTo(TaskState.SUCCEEDED);
    }

    @Test
    void what_can_be_written_can_be_read_back() throws Exception {
        fixture.handler("deep", context -> nested(88));
        fixture.start();

        TaskStatus status = fixture.awaitEnd(fixture.enqueue("deep"));

        assertThat(status.state()).isEqualTo(TaskState.SUCCEEDED);
        assertThat(status.payload()).isEqualTo(nested(88));
    }

    @Test
    void an_error_whose_text_json_cannot_hold_still_fails_its_task() throws Exception {
        fixture.handler("throws", context -> {
            throw "own".equals(context.args().path("kind").asString(""))
                    ? new Unspeakable()
                    : new IllegalStateException("half \ud800 surrogate " + "x".repeat(3_976) + "😀");
        });
        fixture.start();

        TaskStatus half = fixture.awaitEnd(enqueue("throws", "half"));
        TaskStatus own = fixture.awaitEnd(enqueue("throws", "own"));

        assertThat(half.error().message()).startsWith("half \ufffd surrogate");
        assertThat(own.error().type()).isEqualTo("Unspeakable");
        WorkerFixture.until(() -> fixture.deadLetters().size() == 2);
    }

    @Test
    void a_time_limit_beyond_what_a_clock_can_count_ends_no_task() throws Exception {
        Duration limit = Duration.ofDays(400_000);
        TaskOptions options =
                new TaskOptions(0, limit, limit, null, null, null, "tenant", true, false, null, 0, null, null);
        fixture.handler("patient", options, context -> "done");
        fixture.start();

        assertThat(fixture.awaitEnd(fixture.enqueue("patient")).state()).isEqualTo(TaskState.SUCCEEDED);
    }

    private String enqueue(String name, String kind) {
        return fixture.client.enqueue(
                EnqueueRequest.named(name, WorkerFixture.args().put("kind", kind)));
    }

    private static JsonNode nested(int depth) {
        JsonNode node = NODES.numberNode(1);
        for (int i = 0; i < depth; i++) {
            node = NODES.arrayNode().add(node);
        }
        return node;
    }

    private static List<Object> cycle() {
        List<Object> list = new ArrayList<>();
        list.add(list);
        list.add(list);
        return list;
    }

    private static final class Unspeakable extends RuntimeException {
        @Override
        public @Nullable String getMessage() {
            throw new UnsupportedOperationException("no message");
        }
    }
}
