package bulwark.app.stem;

import picocli.CommandLine;

/** A command that only holds others: without one of them it prints how they are used. */
abstract class Group implements Runnable {
    private final Session session;

    Group(Session session) {
        this.session = session;
    }

    @Override
    public void run() {
        CommandLine.usage(this, session.out());
    }
}
