package bulwark.kernel.evidence.export;

import org.jspecify.annotations.Nullable;

/** The public keys that may have signed a footer. They come from outside: what the files to be verified say about keys never counts. */
public interface ExportKeys {
    /** Why the signature is not to be believed, as a sentence without its full stop; null when it is. */
    @Nullable
    String fault(ExportFooter footer);
}
