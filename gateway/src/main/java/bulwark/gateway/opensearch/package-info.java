/** Decision records on their way to OpenSearch: the journal is the spool, and a position says how far it was sent. */
@NullMarked
package bulwark.gateway.opensearch;

import org.jspecify.annotations.NullMarked;
