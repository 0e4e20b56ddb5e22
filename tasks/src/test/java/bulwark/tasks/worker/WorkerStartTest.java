package bulwark.tasks.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import bulwark.tasks.broker.Publication;
import bulwark.tasks.broker.Subscription;
import bulwark.tasks.client.EnqueueRequest;
import bulwark.tasks.envelope.EnvelopeRefused;
import bulwark.tasks.envelope.Message;
import bulwark.tasks.events.TaskEvidence;
import bulwark.tasks.execution.WorkerSettings;
import bulwark.tasks.handler.TaskContext;
import bulwark.tasks.handler.TaskHandler;
import bulwark.tasks.memory.MemoryStores;
import bulwark.tasks.results.TaskState;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class WorkerStartTest {
    @TempDir
    Path folder;

    private WorkerFixture fixture;

    @BeforeEach
    void open() {
        fixture = new WorkerFixture(new MemoryStores(Clock.systemUTC()), Clock.systemUTC(), folder);
    }

    @AfterEach
    void close() throws Exception {
        fixture.close();
    }

    @Test
    void without_a_key_to_verify_with_a_worker_refuses_to_start() {
        assertThatThrownBy(() -> fixture.start(fixture.settings(), Map.of()))
                .isInstanceOf(WorkerRefused.class)
                .hasMessageContaining("STEM_ALLOW_UNSIGNED=1");
    }

    @Test
    void a_worker_refuses_to_read_a_queue_whose_name_no_producer_may_use() {
        assertThatThrownBy(() -> fixture.start(fixture.settings().withQueues(List.of("default", "x:p3"))))
                .isInstanceOf(WorkerRefused.class)
                .hasMessageContaining("\"x:p3\" of STEM_WORKER_QUEUES ends with :p and a digit");
        assertThatThrownBy(() -> Subscription.toQueue("x:p3", "client", Duration.ofSeconds(1)))
                .isInstanceOf(EnvelopeRefused.class)
                .hasMessageContaining("choose another name");
    }

    @Test
    void unsigned_tasks_run_when_allowed_by_name() throws Exception {
        fixture.start(fixture.settings().withAllowed(new WorkerSettings.Allowed(true, false, false)), Map.of());

        String id = fixture.client(Map.of()).enqueue(EnqueueRequest.named("demo.flaky", WorkerFixture.args()));

        assertThat(fixture.awaitEnd(id).state()).isEqualTo(TaskState.SUCCEEDED);
    }

    @Test
    void a_program_never_runs_for_an_unsigned_envelope() throws Exception {
        fixture.handler(new TaskHandler() {
            @Override
            public String name() {
                return "program";
            }

            @Override
            public boolean signedOnly() {
                return true;
            }

            @Override
            public @Nullable Object run(TaskContext context) {
                throw new AssertionError("it ran");
            }
        });
        fixture.start(fixture.settings().withAllowed(new WorkerSettings.Allowed(true, false, false)), Map.of());

        fixture.client(Map.of()).enqueue(EnqueueRequest.named("program", WorkerFixture.args()));

        WorkerFixture.until(() -> fixture.deadLetters().size() == 1);
        assertThat(fixture.deadLetters().getFirst().reason()).isEqualTo("unsigned-exec");
    }

    @Test
    void two_workers_never_share_a_file_of_evidence() throws Exception {
        try (TaskEvidence second = TaskEvidence.open(folder, Clock.systemUTC())) {
            assertThat(second.store().name())
                    .isEqualTo(folder.resolve("evidence-2.db").toString());
        }
    }

    @Test
    void unknown_names_do_not_become_labels() throws Exception {
        fixture.start();
        for (int i = 0; i < 20; i++) {
            fixture.stores
                    .broker()
                    .publish(List.of(Publication.asSigned(Message.fresh(
                            fixture.signed("x" + i + "\"}", "default", WorkerFixture.args(), meta -> {})))));
        }

        WorkerFixture.until(() -> fixture.deadLetters().size() == 20);
        assertThat(fixture.metrics.scrape()).doesNotContain("x19");
        assertThat(fixture.counted("stem_tasks_failed_total{queue=\"default\",task=\"unknown\"}"))
                .isEqualTo(20);
    }

    @Test
    void a_started_worker_is_healthy_and_reports_itself() throws Exception {
        Worker worker = fixture.start();

        WorkerFixture.until(
                () -> fixture.stores.results().heartbeat(worker.id()).isPresent());
        assertThat(worker.healthy()).isTrue();
        assertThat(worker.awaitStopped(Duration.ZERO)).isFalse();
        assertThat(worker.stats().path("concurrency").asInt()).isEqualTo(4);
    }
}
