package bulwark.kernel.rotation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import bulwark.kernel.keys.Expiry;
import bulwark.kernel.time.SettableClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One rotation after the other, by the clock and by what is seen. */
class RotationRunnerTest {
    private static final Duration WINDOW = Duration.ofHours(1);

    @TempDir
    Path top;

    private final SettableClock clock = new SettableClock(Instant.parse("2026-11-28T12:00:00Z"));
    private final RecordedKind kind = new RecordedKind("key", "files");
    private final List<String> audited = new ArrayList<>();
    private RotationRunner runner;

    @BeforeEach
    void open() throws IOException {
        Path folder = Files.createDirectory(
                top.resolve("rotation"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        runner = new RotationRunner(
                RotationJournal.open(folder.resolve("rotations.jsonl")),
                record -> audited.add(record.state().word()),
                record -> {},
                clock);
    }

    private RotationRecord begin() throws Exception {
        return runner.begin(kind, List.of(kind), WINDOW);
    }

    private RotationStep step(String id) throws Exception {
        return runner.step(kind, id);
    }

    @Test
    void the_states_come_in_order_and_each_is_audited_once() throws Exception {
        String id = begin().id();
        while (!(step(id) instanceof RotationStep.Finished)) {
            clock.set(clock.instant().plus(WINDOW));
        }

        assertThat(kind.effects).containsExactly("announce", "promote", "limit", "retire", "destroy");
        assertThat(audited)
                .containsExactly("planned", "announced", "confirmed", "promoted", "retiring", "retired", "destroyed");
    }

    @Test
    void nothing_is_promoted_while_a_verifier_is_missing() throws Exception {
        String id = begin().id();
        kind.unconfirmed = List.of("the second verifier: it is not running");
        assertThat(step(id)).isInstanceOf(RotationStep.Moved.class);

        assertThat(step(id))
                .isInstanceOfSatisfying(
                        RotationStep.Waiting.class,
                        waiting -> assertThat(waiting.missing())
                                .containsExactly("the second verifier: it is not running"));
        assertThat(kind.effects).containsExactly("announce");
        kind.unconfirmed = List.of();
        assertThat(step(id).rotation().state()).isEqualTo(RotationState.CONFIRMED);
    }

    @Test
    void the_old_key_is_accepted_until_the_end_of_the_window_also_when_the_clock_is_set_back() throws Exception {
        String id = begin().id();
        RotationStep step = step(id);
        while (!(step instanceof RotationStep.InWindow)) {
            step = step(id);
        }
        assertThat(step.rotation().retireAt()).isEqualTo(clock.instant().plus(WINDOW));
        clock.set(clock.instant().plus(WINDOW).minusMillis(1));
        assertThat(step(id)).isInstanceOf(RotationStep.InWindow.class);
        clock.set(clock.instant().minus(Duration.ofDays(400)));
        assertThat(step(id)).isInstanceOf(RotationStep.InWindow.class);
        assertThat(kind.effects).doesNotContain("retire");

        clock.set(clock.instant().plus(Duration.ofDays(4000)));
        assertThat(step(id).rotation().state()).isEqualTo(RotationState.RETIRED);
    }

    @Test
    void nothing_is_destroyed_while_the_old_key_is_accepted_somewhere() throws Exception {
        kind.stillAccepting = List.of("the first verifier");
        String id = begin().id();
        RotationStep step = step(id);
        while (!(step instanceof RotationStep.Waiting)) {
            clock.set(clock.instant().plus(WINDOW));
            step = step(id);
        }
        assertThat(step.rotation().state()).isEqualTo(RotationState.RETIRED);
        assertThat(kind.effects).doesNotContain("destroy");
    }

    @Test
    void an_effect_that_failed_is_carried_out_again() throws Exception {
        String id = begin().id();
        kind.failure = new IOException("disk full");
        assertThatThrownBy(() -> step(id)).hasMessage("disk full");
        kind.failure = null;

        assertThat(step(id).rotation().state()).isEqualTo(RotationState.ANNOUNCED);
        assertThat(kind.effects).containsExactly("announce", "announce");
        assertThat(audited).containsExactly("planned", "announced");
    }

    @Test
    void a_rotation_is_given_up_before_it_is_promoted_and_not_after() throws Exception {
        String first = begin().id();
        assertThat(runner.abandon(kind, first).state()).isEqualTo(RotationState.ABANDONED);
        assertThat(runner.abandon(kind, first).isFinished()).isTrue();
        assertThat(step(first)).isInstanceOf(RotationStep.Finished.class);

        String second = begin().id();
        while (step(second).rotation().state() != RotationState.PROMOTED) {
            assertThat(kind.effects).doesNotContain("promote");
        }
        assertThatThrownBy(() -> runner.abandon(kind, second))
                .isInstanceOf(RotationRefused.class)
                .hasMessageContaining("rotate resume " + second);
    }

    @Test
    void two_kinds_of_one_group_do_not_rotate_at_once() throws Exception {
        RecordedKind other = new RecordedKind("other", "files");
        RecordedKind unrelated = new RecordedKind("third", "elsewhere");
        List<RotationKind> all = List.of(kind, other, unrelated);
        String id = runner.begin(kind, all, WINDOW).id();

        assertThatThrownBy(() -> runner.begin(other, all, WINDOW))
                .isInstanceOf(RotationRefused.class)
                .hasMessageContaining("rotate resume " + id)
                .hasMessageContaining("rotate abandon " + id);
        assertThat(runner.begin(unrelated, all, WINDOW).state()).isEqualTo(RotationState.PLANNED);
        RotationRecord ignored = runner.abandon(kind, id);
        assertThat(runner.begin(other, all, WINDOW).state()).isEqualTo(RotationState.PLANNED);
    }

    /** Keeps what it was asked to do. */
    private static final class RecordedKind implements RotationKind {
        private final String name;
        private final String group;
        private final List<String> effects = new ArrayList<>();
        private List<String> unconfirmed = List.of();
        private List<String> stillAccepting = List.of();
        private IOException failure;

        RecordedKind(String name, String group) {
            this.name = name;
            this.group = group;
        }

        private void effect(String what) throws IOException {
            effects.add(what);
            if (failure != null) {
                throw failure;
            }
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public String description() {
            return "a key";
        }

        @Override
        public String group() {
            return group;
        }

        @Override
        public Optional<Expiry> expiry() {
            return Optional.empty();
        }

        @Override
        public Duration window() {
            return WINDOW;
        }

        @Override
        public Map<String, String> plan(String id) {
            return Map.of("new_key", id);
        }

        @Override
        public void announce(RotationRecord rotation) throws IOException {
            effect("announce");
        }

        @Override
        public List<String> unconfirmed(RotationRecord rotation) {
            return unconfirmed;
        }

        @Override
        public void promote(RotationRecord rotation) throws IOException {
            effect("promote");
        }

        @Override
        public List<String> notUsing(RotationRecord rotation) {
            return List.of();
        }

        @Override
        public void limit(RotationRecord rotation) throws IOException {
            effect("limit");
        }

        @Override
        public void retire(RotationRecord rotation) throws IOException {
            effect("retire");
        }

        @Override
        public List<String> stillAccepting(RotationRecord rotation) {
            return stillAccepting;
        }

        @Override
        public void destroy(RotationRecord rotation) throws IOException {
            effect("destroy");
        }

        @Override
        public void withdraw(RotationRecord rotation) throws IOException {
            effect("withdraw");
        }
    }
}
