package bulwark.kernel.postgresql;

import bulwark.kernel.evidence.store.AuditedStore;
import java.nio.file.Path;
import java.util.Map;

/** A process that appends to the audit log until it is killed, and prints each row that was promised. */
final class SharedAuditAppender {
    private SharedAuditAppender() {}

    /** @param args URL of the database, base of this process, its name */
    public static void main(String[] args) {
        AuditedStore store = SharedAuditTest.open(args[0], Path.of(args[1]), "");
        for (int i = 0; ; i++) {
            String subject = args[2] + "-" + i;
            store.store()
                    .write(tx -> store.audit()
                            .append(tx, SharedAuditTest.DONE.event(null, "default", subject, null, Map.of())));
            System.out.println(subject);
            System.out.flush();
        }
    }
}
