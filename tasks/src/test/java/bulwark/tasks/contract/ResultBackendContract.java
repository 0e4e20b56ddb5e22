package bulwark.tasks.contract;

import static bulwark.tasks.contract.Examples.now;
import static bulwark.tasks.contract.Examples.object;
import static bulwark.tasks.contract.Examples.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import bulwark.tasks.results.ResultBackend;
import bulwark.tasks.results.ResultBackend.Group;
import bulwark.tasks.results.TaskState;
import bulwark.tasks.results.TaskStatus;
import bulwark.tasks.results.TaskStatus.TaskError;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.DoubleNode;
import tools.jackson.databind.node.IntNode;
import tools.jackson.databind.node.StringNode;

/** The rows R1 to R15 of the original system, and after them what it lacks. */
@Timeout(60)
public abstract class ResultBackendContract {
    private static final Duration SHORT = Duration.ofMillis(300);
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration CHANGE_TIMEOUT = Duration.ofSeconds(10);

    private TestStores testStores;
    private ResultBackend results;
    private ResultBackend other;

    protected abstract TestStores openStores();

    @BeforeEach
    public final void open() {
        testStores = openStores();
        results = testStores.stores().results();
        other = testStores.another().results();
    }

    @AfterEach
    public final void close() {
        testStores.close();
    }

    private static TaskStatus rich(String id) {
        var meta = object().put("queue", "default").put("n", 1).put("x", 1.0);
        meta.putArray("empty");
        meta.putObject("nothing");
        return new TaskStatus(
                id,
                TaskState.FAILED,
                object().put("é😀", 1.5),
                new TaskError("Boom", "it broke\n", "at x", true, object().put("k", 1)),
                meta,
                2,
                now(),
                now());
    }

    private static TaskStatus with(String id, TaskState state, @Nullable JsonNode payload, Instant updated) {
        return new TaskStatus(id, state, payload, null, object(), 0, updated, updated);
    }

    private static TaskStatus fenced(String id, TaskState state, String fence) {
        TaskStatus status = status(id, state);
        status.meta().put(TaskStatus.FENCE, fence);
        return status;
    }

    @Test
    public void r01_a_stored_status_is_returned_with_its_meta() {
        TaskStatus status = rich("t");
        results.put(status, null);
        assertThat(other.get("t")).contains(status);
        assertThat(other.get("nobody")).isEmpty();
    }

    @Test
    public void r02_the_retention_of_a_status_can_be_shortened() {
        results.put(rich("t"), HOUR);
        results.expire("t", SHORT);
        await().atMost(CHANGE_TIMEOUT).until(() -> other.get("t").isEmpty());
        results.expire("nobody", SHORT);
    }

    @Test
    public void r03_a_status_expires_after_its_retention() {
        results.put(rich("t"), SHORT);
        assertThat(results.get("t")).isPresent();
        await().atMost(CHANGE_TIMEOUT).until(() -> results.get("t").isEmpty());
    }

    @Test
    public void r04_a_later_status_replaces_everything_but_the_creation_time() {
        TaskStatus first = rich("t");
        results.put(first, null);
        TaskStatus second = with("t", TaskState.SUCCEEDED, IntNode.valueOf(7), now().plusSeconds(5));
        other.put(second, null);
        TaskStatus stored = results.get("t").orElseThrow();
        assertThat(stored.state()).isEqualTo(TaskState.SUCCEEDED);
        assertThat(stored.error()).isNull();
        assertThat(stored.payload()).isEqualTo(IntNode.valueOf(7));
        assertThat(stored.meta()).isEqualTo(object());
        assertThat(stored.createdAt()).isEqualTo(first.createdAt());
        assertThat(stored.updatedAt()).isEqualTo(second.updatedAt());
    }

    @Test
    public void r05_changes_are_observed_in_order() throws InterruptedException {
        Instant base = now();
        results.put(with("t", TaskState.QUEUED, null, base), null);
        TaskStatus seen =
                other.awaitChange("t", null, CHANGE_TIMEOUT.dividedBy(2)).orElseThrow();
        assertThat(seen.state()).isEqualTo(TaskState.QUEUED);
        for (TaskState next : List.of(TaskState.RUNNING, TaskState.RETRIED, TaskState.RUNNING, TaskState.SUCCEEDED)) {
            results.put(with("t", next, null, seen.updatedAt().plusMillis(1)), null);
            seen = other.awaitChange("t", seen, CHANGE_TIMEOUT.dividedBy(2)).orElseThrow();
            assertThat(seen.state()).isEqualTo(next);
        }
    }

    @Test
    public void r06_a_group_collects_results_and_knows_when_it_is_complete() {
        results.initGroup(new Group("g", 2, object().put("a", 1)), null);
        assertThat(results.group("g").orElseThrow().complete()).isFalse();
        assertThat(results.addGroupResult("g", rich("1")).orElseThrow().complete())
                .isFalse();
        ResultBackend.GroupStatus whole = other.addGroupResult("g", rich("2")).orElseThrow();
        assertThat(whole.complete()).isTrue();
        assertThat(whole.group()).isEqualTo(new Group("g", 2, object().put("a", 1)));
        assertThat(results.group("g").orElseThrow().results()).containsOnlyKeys("1", "2");
        assertThat(results.group("none")).isEmpty();
        assertThat(results.addGroupResult("none", rich("1"))).isEmpty();
    }

    @Test
    public void r07_a_group_started_again_has_no_old_results_and_no_claim() {
        results.initGroup(new Group("g", 1, object()), null);
        results.addGroupResult("g", rich("1"));
        results.claimChord("g", "callback");
        results.initGroup(new Group("g", 3, object()), null);
        assertThat(results.group("g").orElseThrow().results()).isEmpty();
        assertThat(results.group("g").orElseThrow().group().expected()).isEqualTo(3);
        assertThat(results.claimChord("g", "callback")).isTrue();
    }

    @Test
    public void r08_a_group_expires_after_its_retention() {
        results.initGroup(new Group("g", 1, object()), SHORT);
        await().atMost(CHANGE_TIMEOUT).until(() -> results.group("g").isEmpty());
        assertThat(results.addGroupResult("g", rich("1"))).isEmpty();
    }

    @Test
    public void r09_a_chord_is_claimed_once() throws InterruptedException {
        results.initGroup(new Group("g", 1, object().put("kept", true)), null);
        ConcurrentLinkedQueue<Integer> winners = new ConcurrentLinkedQueue<>();
        List<Thread> racers = IntStream.range(0, 8)
                .mapToObj(i -> Thread.ofVirtual().start(() -> {
                    if ((i % 2 == 0 ? results : other).claimChord("g", "callback-" + i)) {
                        winners.add(i);
                    }
                }))
                .toList();
        for (Thread racer : racers) {
            racer.join();
        }
        assertThat(winners).hasSize(1);
        var meta = results.group("g").orElseThrow().group().meta();
        assertThat(meta.path("kept").asBoolean()).isTrue();
        assertThat(meta.path("stem.chord.claimed").asBoolean()).isTrue();
        assertThat(meta.path("stem.chord.callbackTaskId").asString()).isEqualTo("callback-" + winners.peek());
        assertThat(meta.path("stem.chord.dispatchedAt").asString()).isNotEmpty();
        assertThat(results.claimChord("none", "callback")).isFalse();
    }

    @Test
    public void r10_heartbeats_are_kept_and_listed() {
        results.putHeartbeat("a", object().put("workerId", "a"), HOUR);
        results.putHeartbeat("b", object().put("workerId", "b"), HOUR);
        assertThat(other.heartbeat("a")).contains(object().put("workerId", "a"));
        assertThat(other.heartbeat("c")).isEmpty();
        assertThat(other.heartbeats())
                .extracting(each -> each.path("workerId").asString())
                .containsExactlyInAnyOrder("a", "b");
    }

    @Test
    public void r11_a_newer_heartbeat_replaces() {
        results.putHeartbeat("a", object().put("n", 1), HOUR);
        results.putHeartbeat("a", object().put("n", 2), HOUR);
        assertThat(results.heartbeats()).containsExactly(object().put("n", 2));
    }

    @Test
    public void r12_a_heartbeat_expires() {
        results.putHeartbeat("a", object().put("n", 1), SHORT);
        results.putHeartbeat("b", object().put("n", 2), HOUR);
        await().atMost(CHANGE_TIMEOUT).until(() -> results.heartbeat("a").isEmpty());
        assertThat(results.heartbeats()).containsExactly(object().put("n", 2));
    }

    @Test
    public void r13_the_encoders_name_survives_in_status_and_group() {
        TaskStatus status = status("t", TaskState.SUCCEEDED);
        status.meta().put("__stemResultEncoder", "base64");
        results.put(status, null);
        results.initGroup(new Group("g", 1, object()), null);
        results.addGroupResult("g", status);
        assertThat(other.get("t")
                        .orElseThrow()
                        .meta()
                        .path("__stemResultEncoder")
                        .asString())
                .isEqualTo("base64");
        assertThat(member(other, "t").meta().path("__stemResultEncoder").asString())
                .isEqualTo("base64");
    }

    private static TaskStatus member(ResultBackend from, String task) {
        return java.util.Objects.requireNonNull(
                from.group("g").orElseThrow().results().get(task));
    }

    @Test
    public void r14_payloads_keep_their_types() {
        results.initGroup(new Group("g", 5, object()), null);
        List<JsonNode> payloads = List.of(
                IntNode.valueOf(1),
                DoubleNode.valueOf(1.0),
                StringNode.valueOf("1"),
                object().put("a", 1),
                rich("x").meta());
        for (int i = 0; i < payloads.size(); i++) {
            TaskStatus status = with("t" + i, TaskState.SUCCEEDED, payloads.get(i), now());
            results.put(status, null);
            results.addGroupResult("g", status);
        }
        for (int i = 0; i < payloads.size(); i++) {
            assertThat(other.get("t" + i).orElseThrow().payload()).isEqualTo(payloads.get(i));
            assertThat(member(other, "t" + i).payload()).isEqualTo(payloads.get(i));
        }
    }

    @Test
    public void r15_a_binary_payload_survives_as_base64() {
        byte[] bytes = new byte[256];
        IntStream.range(0, 256).forEach(i -> bytes[i] = (byte) i);
        String text = Base64.getEncoder().encodeToString(bytes);
        results.put(with("t", TaskState.SUCCEEDED, StringNode.valueOf(text), now()), null);
        assertThat(Base64.getDecoder()
                        .decode(other.get("t").orElseThrow().payload().asString()))
                .isEqualTo(bytes);
    }

    @Test
    public void a_status_is_put_only_where_there_is_none() {
        assertThat(results.putIfAbsent(status("t", TaskState.QUEUED), null)).isTrue();
        assertThat(other.putIfAbsent(status("t", TaskState.FAILED), null)).isFalse();
        assertThat(results.get("t").orElseThrow().state()).isEqualTo(TaskState.QUEUED);
    }

    @Test
    public void an_unvouched_end_is_put_only_where_the_task_waits_as_that_envelope() {
        TaskStatus failed = status("t", TaskState.FAILED);
        TaskStatus queued = status("t", TaskState.QUEUED);
        queued.meta().put(TaskStatus.ENVELOPE, "digest");
        results.put(queued, null);
        assertThat(results.putUnvouched(failed, "another")).isFalse();
        assertThat(other.putUnvouched(failed, "digest")).isTrue();
        assertThat(other.putUnvouched(failed, "digest")).isFalse();
        TaskStatus running = status("t", TaskState.RUNNING);
        running.meta().put(TaskStatus.ENVELOPE, "digest");
        results.put(running, null);
        assertThat(results.putUnvouched(failed, "digest")).isFalse();
        assertThat(results.get("t").orElseThrow().state()).isEqualTo(TaskState.RUNNING);
        assertThat(results.putUnvouched(status("unknown", TaskState.FAILED), "digest"))
                .isTrue();
    }

    @Test
    public void a_greater_fencing_token_replaces_and_a_lesser_does_not() {
        results.put(status("t", TaskState.QUEUED), null);
        assertThat(results.putFenced(fenced("t", TaskState.RUNNING, "1000-0:1")))
                .isTrue();
        assertThat(results.putFenced(fenced("t", TaskState.SUCCEEDED, "999-9:9")))
                .isFalse();
        assertThat(results.putFenced(fenced("t", TaskState.RETRIED, "1000-0:1")))
                .isTrue();
        assertThat(results.putFenced(fenced("t", TaskState.FAILED, "1000-0:2"))).isTrue();
        assertThat(results.putFenced(fenced("t", TaskState.SUCCEEDED, "1000-0:2")))
                .isFalse();
        assertThat(results.putFenced(fenced("t", TaskState.RUNNING, "1000-1:1")))
                .isTrue();
        assertThat(results.putFenced(fenced("t", TaskState.RUNNING, "1000-10:1")))
                .isTrue();
        assertThat(results.putFenced(fenced("t", TaskState.RUNNING, "1000-9:1")))
                .isFalse();
        assertThat(results.get("t").orElseThrow().meta().path(TaskStatus.FENCE).asString())
                .isEqualTo("1000-10:1");
    }

    @Test
    public void a_payload_that_looks_like_a_fencing_token_is_ignored() {
        TaskStatus status = fenced("t", TaskState.RUNNING, "5-0:1");
        var payload = object().put(TaskStatus.FENCE, "9-0:1");
        payload.putObject("meta").put(TaskStatus.FENCE, "9-0:1");
        status.meta().putObject("nested").put(TaskStatus.FENCE, "9-0:1");
        results.put(
                new TaskStatus(
                        "t",
                        TaskState.RUNNING,
                        payload,
                        null,
                        status.meta(),
                        0,
                        status.createdAt(),
                        status.updatedAt()),
                null);
        assertThat(results.putFenced(fenced("t", TaskState.SUCCEEDED, "4-0:1"))).isFalse();
        assertThat(results.putFenced(fenced("t", TaskState.SUCCEEDED, "6-0:1"))).isTrue();
    }

    @Test
    public void a_change_by_another_client_wakes_the_waiter() throws Exception {
        TaskStatus queued = with("t", TaskState.QUEUED, null, now());
        results.put(queued, null);
        CompletableFuture<TaskState> seen = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try {
                seen.complete(results.awaitChange("t", queued, Duration.ofSeconds(5))
                        .orElseThrow()
                        .state());
            } catch (InterruptedException | RuntimeException e) {
                seen.completeExceptionally(e);
            }
        });
        await().pollDelay(Duration.ofMillis(300)).until(() -> true);
        assertThat(seen).isNotDone();
        other.put(with("t", TaskState.SUCCEEDED, null, queued.updatedAt().plusMillis(1)), null);
        assertThat(seen.get(3, java.util.concurrent.TimeUnit.SECONDS)).isEqualTo(TaskState.SUCCEEDED);
    }

    @Test
    public void waiting_for_a_change_times_out_with_the_last_status() throws InterruptedException {
        assertThat(results.awaitChange("t", null, Duration.ofMillis(200))).isEmpty();
        TaskStatus queued = with("t", TaskState.QUEUED, null, now());
        results.put(queued, null);
        assertThat(results.awaitChange("t", queued, Duration.ofMillis(200))).contains(queued);
    }

    @Test
    public void statuses_are_listed_newest_first_in_pages() {
        Instant base = now();
        for (int i = 0; i < 6; i++) {
            results.put(
                    with("t" + i, i % 2 == 0 ? TaskState.SUCCEEDED : TaskState.FAILED, null, base.plusSeconds(i)),
                    null);
        }
        assertThat(other.list(status -> true, 1, 2)).extracting(TaskStatus::id).containsExactly("t4", "t3");
        assertThat(other.list(status -> status.state() == TaskState.FAILED, 0, 10))
                .extracting(TaskStatus::id)
                .containsExactly("t5", "t3", "t1");
    }
}
