package bulwark.kernel.rotation;

import bulwark.kernel.keys.Expiry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One moment of a model: the journal's newest line, the files, and what processes have read of them. Keys are bits: 1 the old one, 2 the new one. Time is counted in windows.
 *
 * @param retireAt by the clock; -1 when there is none
 * @param accepted file of the keys that verifiers accept
 * @param secrets whose private halves are there
 * @param active file of the key that signs
 * @param first what a verifier has read; DOWN when it does not run
 * @param second as first
 * @param signer the key with which it signs
 * @param time that really passed
 * @param clock what the clock shows
 * @param oldUsed when the signer last held the old key; it may have signed then
 */
record RotationWorld(
        RotationState state,
        boolean effectDone,
        int retireAt,
        int accepted,
        int secrets,
        int active,
        int first,
        int second,
        int signer,
        int time,
        int clock,
        int oldUsed) {
    private static final int OLD = 1;
    private static final int NEW = 2;
    private static final int DOWN = -1;
    private static final int LAST_TIME = 2;

    /** Before the first step: planned, so that the walk needs no beginning. */
    static final RotationWorld START =
            new RotationWorld(RotationState.PLANNED, true, -1, OLD, OLD, OLD, OLD, OLD, OLD, 0, 0, 0);

    /** What a kind may assume instead of looking. */
    enum Trust {
        VERIFIERS_KNOW,
        SIGNERS_CHANGED
    }

    boolean isOver() {
        return state.isLast() && effectDone;
    }

    boolean isReplaced() {
        return state == RotationState.DESTROYED && effectDone;
    }

    boolean isAbandoned() {
        return state == RotationState.ABANDONED && effectDone;
    }

    /** @throws AssertionError when a promise is broken */
    void check() {
        for (int verifier : List.of(first, second)) {
            demand(verifier == DOWN || (verifier & signer) != 0, "what the signer signs now would be refused");
            demand(
                    verifier == DOWN || time - oldUsed >= 1 || (verifier & OLD) != 0,
                    "what was signed within the window would be refused");
            demand(
                    state != RotationState.DESTROYED || verifier == DOWN || (verifier & OLD) == 0,
                    "the retired key is accepted, and should be refused");
        }
        demand((secrets & active) != 0, "the active key has no secret and would be refused");
        demand(!isReplaced() || secrets == NEW, "the old secret is still there, though refused");
        demand(
                !isAbandoned() || secrets == OLD && accepted == OLD && signer == OLD,
                "an abandoned key is not refused everywhere");
    }

    private void demand(boolean holds, String sentence) {
        if (!holds) {
            throw new AssertionError(sentence + ": " + this);
        }
    }

    /** What others than the rotation may do next. */
    List<RotationWorld> neighbours() {
        List<RotationWorld> all = new ArrayList<>();
        all.add(with(accepted, second, signer, time, clock));
        all.add(with(first, accepted, signer, time, clock));
        all.add(with(DOWN, second, signer, time, clock));
        all.add(with(first, DOWN, signer, time, clock));
        all.add(with(first, second, active, time, clock));
        if (time < LAST_TIME) {
            all.add(with(first, second, signer, time + 1, clock + 1));
            all.add(with(first, second, signer, time + 1, clock));
        }
        return all;
    }

    /** All run, have read their files, and a window has passed. */
    RotationWorld refreshed() {
        return with(accepted, accepted, active, time + 1, clock + 1);
    }

    private RotationWorld with(int first, int second, int signer, int time, int clock) {
        // Until it reads its files the signer may sign with what it holds.
        int used = this.signer == OLD ? this.time : oldUsed;
        int usedThen = signer == OLD ? time : used;
        return new RotationWorld(
                state, effectDone, retireAt, accepted, secrets, active, first, second, signer, time, clock, usedThen);
    }

    /** The process was killed. */
    private static final class Killed extends RuntimeException {}

    /** The real runner and the real journal, over this model's files. */
    static final class Walk implements AutoCloseable {
        private static final String ID = "one";
        private static final Set<PosixFilePermission> OWNER_ONLY = EnumSet.of(
                PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE, PosixFilePermission.OWNER_EXECUTE);

        private final Path file;
        private final List<Trust> assumed;

        Walk(Path folder, List<Trust> assumed) {
            this.file = folder.resolve("rotations.jsonl");
            this.assumed = assumed;
        }

        /** A step and an abandonment, each killed before its first operation, its second and so on; what does nothing is not killed. */
        List<RotationWorld> steps(RotationWorld world, int maxKill) throws Exception {
            List<RotationWorld> all = new ArrayList<>();
            RotationWorld stepped = step(world, maxKill);
            for (int kill = 0; kill <= maxKill && !stepped.equals(world); kill++) {
                all.add(step(world, kill));
            }
            boolean open = world.state.canBeAbandoned() || world.state == RotationState.ABANDONED;
            for (int kill = 0; kill <= maxKill && open && !world.isOver(); kill++) {
                all.add(abandon(world, kill));
            }
            return all;
        }

        /** @param kill which operation of the step is the last before a kill */
        RotationWorld step(RotationWorld world, int kill) throws Exception {
            return run(world, kill, (runner, kind) -> runner.step(kind, ID));
        }

        RotationWorld abandon(RotationWorld world, int kill) throws Exception {
            return run(world, kill, (runner, kind) -> {
                try {
                    return runner.abandon(kind, ID);
                } catch (RotationRefused tooLate) {
                    return tooLate;
                }
            });
        }

        private interface Move {
            Object make(RotationRunner runner, RotationKind kind) throws Exception;
        }

        private RotationWorld run(RotationWorld world, int kill, Move move) throws Exception {
            Files.createDirectories(file.getParent());
            Files.setPosixFilePermissions(file.getParent(), OWNER_ONLY);
            Files.deleteIfExists(file);
            RotationJournal before = RotationJournal.open(file);
            before.append(record(world));
            ModelKind files = new ModelKind(world, kill, assumed);
            RotationRunner runner = new RotationRunner(
                    RotationJournal.open(file), line -> files.operation(), line -> files.operation(), clock(world));
            try {
                Object ignored = move.make(runner, files);
            } catch (Killed killed) {
                // What is on disk is what counts.
            }
            return files.world(RotationJournal.open(file).find(ID));
        }

        private static Clock clock(RotationWorld world) {
            return Clock.fixed(Instant.EPOCH.plusSeconds(world.clock), ZoneOffset.UTC);
        }

        private static RotationRecord record(RotationWorld world) {
            return new RotationRecord(
                    ID,
                    "model",
                    world.state,
                    world.effectDone,
                    Instant.EPOCH,
                    Duration.ofSeconds(1),
                    world.retireAt < 0 ? null : Instant.EPOCH.plusSeconds(world.retireAt),
                    Map.of());
        }

        @Override
        public void close() throws IOException {
            Files.deleteIfExists(file);
            Files.deleteIfExists(file.getParent());
        }
    }

    /** The kind: its effects are several operations each, its looks see what the processes have read. */
    private static final class ModelKind implements RotationKind {
        private final RotationWorld from;
        private final List<Trust> assumed;
        private int accepted;
        private int secrets;
        private int active;
        private int operations;

        ModelKind(RotationWorld world, int kill, List<Trust> assumed) {
            from = world;
            this.assumed = assumed;
            accepted = world.accepted;
            secrets = world.secrets;
            active = world.active;
            operations = kill;
        }

        void operation() {
            if (operations-- == 0) {
                throw new Killed();
            }
        }

        RotationWorld world(RotationRecord journal) {
            Instant retireAt = journal.retireAt();
            return new RotationWorld(
                    journal.state(),
                    journal.effectDone(),
                    retireAt == null ? -1 : (int) retireAt.getEpochSecond(),
                    accepted,
                    secrets,
                    active,
                    from.first,
                    from.second,
                    from.signer,
                    from.time,
                    from.clock,
                    from.oldUsed);
        }

        @Override
        public void announce(RotationRecord rotation) {
            operation();
            secrets |= NEW;
            operation();
            accepted |= NEW;
            operation();
        }

        @Override
        public List<String> unconfirmed(RotationRecord rotation) {
            return assumed.contains(Trust.VERIFIERS_KNOW)
                    ? List.of()
                    : verifiers(read -> read == DOWN || (read & NEW) == 0);
        }

        @Override
        public void promote(RotationRecord rotation) {
            operation();
            active = NEW;
            operation();
        }

        @Override
        public List<String> notUsing(RotationRecord rotation) {
            return from.signer == NEW || assumed.contains(Trust.SIGNERS_CHANGED) ? List.of() : List.of("the signer");
        }

        @Override
        public void limit(RotationRecord rotation) {
            operation();
        }

        @Override
        public void retire(RotationRecord rotation) {
            operation();
            accepted &= ~OLD;
            operation();
        }

        @Override
        public List<String> stillAccepting(RotationRecord rotation) {
            return verifiers(read -> read == DOWN || (read & OLD) != 0);
        }

        @Override
        public void destroy(RotationRecord rotation) {
            operation();
            secrets &= ~OLD;
            operation();
        }

        @Override
        public void withdraw(RotationRecord rotation) {
            operation();
            accepted &= ~NEW;
            operation();
            secrets &= ~NEW;
            operation();
        }

        private List<String> verifiers(java.util.function.IntPredicate wrong) {
            List<String> names = new ArrayList<>();
            if (wrong.test(from.first)) {
                names.add("the first verifier");
            }
            if (wrong.test(from.second)) {
                names.add("the second verifier");
            }
            return names;
        }

        @Override
        public String name() {
            return "model";
        }

        @Override
        public String description() {
            return "a key of the model";
        }

        @Override
        public Optional<Expiry> expiry() {
            return Optional.empty();
        }

        @Override
        public Duration window() {
            return Duration.ofSeconds(1);
        }

        @Override
        public Map<String, String> plan(String id) {
            return Map.of();
        }
    }
}
