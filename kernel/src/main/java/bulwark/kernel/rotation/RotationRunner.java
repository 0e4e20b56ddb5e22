package bulwark.kernel.rotation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Moves rotations from state to state, one step for each call, so that a caller decides how long it waits. Every state stands synced in the journal before its effect begins, and once more when
 * effect and evidence are complete: after a kill, the next step carries out again what may be incomplete. One process at a time; used by one thread.
 */
public final class RotationRunner {
    private final RotationJournal journal;
    private final RotationAudit audit;
    private final Consumer<RotationRecord> listener;
    private final Clock clock;

    /** @param listener called after each line of the journal is synced */
    public RotationRunner(
            RotationJournal journal, RotationAudit audit, Consumer<RotationRecord> listener, Clock clock) {
        this.journal = journal;
        this.audit = audit;
        this.listener = listener;
        this.clock = clock;
    }

    /**
     * Plans a rotation.
     *
     * @param window for which the old key is accepted beside the new one
     * @throws RotationRefused while another of the same group is not finished
     */
    public RotationRecord begin(RotationKind kind, List<RotationKind> all, Duration window)
            throws IOException, InterruptedException {
        unfinishedBeside(kind, all).ifPresent(other -> {
            throw new RotationRefused("the rotation " + other.id() + " of " + other.kind() + " is "
                    + other.state().word() + " and not finished: run rotate resume " + other.id()
                    + (other.state().canBeAbandoned() ? ", or rotate abandon " + other.id() : ""));
        });
        Instant now = clock.instant();
        String id = journal.newId(now);
        RotationRecord planned =
                new RotationRecord(id, kind.name(), RotationState.PLANNED, false, now, window, null, kind.plan(id));
        return enter(kind, planned);
    }

    /** The unfinished rotation, of this kind or of one of its group, that keeps another from beginning. */
    public Optional<RotationRecord> unfinishedBeside(RotationKind kind, List<RotationKind> all) {
        List<String> group = all.stream()
                .filter(each -> each.group().equals(kind.group()))
                .map(RotationKind::name)
                .toList();
        return journal.rotations().stream()
                .filter(each -> !each.isFinished())
                .filter(each -> each.kind().equals(kind.name()) || group.contains(each.kind()))
                .findFirst();
    }

    /**
     * Does the next thing that can be done.
     *
     * @throws RotationRefused when there is no such rotation
     * @throws IOException when an effect or a look failed: the step can be repeated
     */
    public RotationStep step(RotationKind kind, String id) throws IOException, InterruptedException {
        RotationRecord rotation = journal.find(id);
        if (!rotation.effectDone()) {
            return new RotationStep.Moved(finishEffect(kind, rotation));
        }
        return switch (rotation.state()) {
            case PLANNED -> moved(kind, rotation, RotationState.ANNOUNCED);
            case ANNOUNCED -> movedUnless(kind.unconfirmed(rotation), kind, rotation, RotationState.CONFIRMED);
            case CONFIRMED -> moved(kind, rotation, RotationState.PROMOTED);
            case PROMOTED -> movedUnless(kind.notUsing(rotation), kind, rotation, RotationState.RETIRING);
            case RETIRING ->
                isOver(rotation) ? moved(kind, rotation, RotationState.RETIRED) : new RotationStep.InWindow(rotation);
            case RETIRED -> movedUnless(kind.stillAccepting(rotation), kind, rotation, RotationState.DESTROYED);
            case DESTROYED, ABANDONED -> new RotationStep.Finished(rotation);
        };
    }

    /**
     * Gives a rotation up: the new key is withdrawn and deleted, the old one goes on.
     *
     * @throws RotationRefused once the new key was promoted, and of one that is finished
     */
    public RotationRecord abandon(RotationKind kind, String id) throws IOException, InterruptedException {
        RotationRecord rotation = journal.find(id);
        if (rotation.state() == RotationState.ABANDONED) {
            return rotation.effectDone() ? rotation : finishEffect(kind, rotation);
        }
        if (!rotation.state().canBeAbandoned()) {
            throw new RotationRefused(
                    "the rotation " + id + " is " + rotation.state().word()
                            + (rotation.isFinished()
                                    ? ": it is finished, and the old key does not come back"
                                    : ": the new key is in use and cannot be withdrawn; run rotate resume " + id));
        }
        return enter(kind, rotation.entered(RotationState.ABANDONED, clock.instant()));
    }

    private boolean isOver(RotationRecord rotation) {
        Instant end = rotation.retireAt();
        return end == null || !clock.instant().isBefore(end);
    }

    private RotationStep movedUnless(
            List<String> missing, RotationKind kind, RotationRecord rotation, RotationState next)
            throws IOException, InterruptedException {
        return missing.isEmpty() ? moved(kind, rotation, next) : new RotationStep.Waiting(rotation, missing);
    }

    private RotationStep moved(RotationKind kind, RotationRecord rotation, RotationState next)
            throws IOException, InterruptedException {
        return new RotationStep.Moved(enter(kind, rotation.entered(next, clock.instant())));
    }

    private RotationRecord enter(RotationKind kind, RotationRecord entered) throws IOException, InterruptedException {
        append(entered);
        return finishEffect(kind, entered);
    }

    private RotationRecord finishEffect(RotationKind kind, RotationRecord rotation)
            throws IOException, InterruptedException {
        try {
            carryOut(kind, rotation);
        } catch (UncheckedIOException e) {
            throw new IOException(e.getMessage(), e.getCause());
        }
        audit.record(rotation);
        RotationRecord done = rotation.withEffectDone();
        append(done);
        return done;
    }

    private static void carryOut(RotationKind kind, RotationRecord rotation) throws IOException, InterruptedException {
        switch (rotation.state()) {
            case PLANNED, CONFIRMED -> {}
            case ANNOUNCED -> kind.announce(rotation);
            case PROMOTED -> kind.promote(rotation);
            case RETIRING -> kind.limit(rotation);
            case RETIRED -> kind.retire(rotation);
            case DESTROYED -> kind.destroy(rotation);
            case ABANDONED -> kind.withdraw(rotation);
        }
    }

    private void append(RotationRecord line) throws IOException {
        journal.append(line);
        listener.accept(line);
    }
}
