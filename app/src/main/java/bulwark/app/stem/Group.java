package bulwark.app.stem;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** A command that only holds others: without one of them it prints how they are used. */
abstract class Group implements Runnable {
    private final Session session;

    @Spec
    private @Nullable CommandSpec spec;

    Group(Session session) {
        this.session = session;
    }

    @Override
    public void run() {
        if (spec != null) {
            spec.commandLine().usage(session.out());
        }
    }
}
