package bulwark.app.cli;

import bulwark.kernel.evidence.export.ExportVerifier;
import java.io.PrintStream;

/** What the verification of exports says, whatever part wrote them. */
public final class ExportVerdict {
    private ExportVerdict() {}

    /** @return whether they are whole */
    public static boolean print(ExportVerifier.Verdict verdict, PrintStream out) {
        verdict.problems().forEach(problem -> out.println("PROBLEM " + problem));
        out.println((verdict.whole() ? "whole: " : "NOT whole: ") + verdict.rows() + " rows in " + verdict.files()
                + " file(s)");
        return verdict.whole();
    }
}
