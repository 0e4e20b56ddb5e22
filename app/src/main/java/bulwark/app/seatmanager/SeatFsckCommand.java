package bulwark.app.seatmanager;

import bulwark.app.cli.CommandContext;
import bulwark.kernel.error.ExitCode;
import bulwark.kernel.evidence.store.Fsck;
import bulwark.seats.store.SeatStore;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** Everything durable, looked at. */
@Command(name = "fsck", description = "Check the store and what vouches for it, and change nothing.")
record SeatFsckCommand(CommandContext context) implements Callable<Integer> {
    @Override
    public Integer call() {
        Fsck.Report report = SeatStore.fsck(SeatFolder.store(context));
        report.sentences().forEach(problem -> context.out().println("PROBLEM " + problem));
        context.out().println(report.clean() ? "clean" : "not clean");
        return (report.clean() ? ExitCode.DONE : ExitCode.NEGATIVE).plain();
    }
}
