/** The four contracts as this program knows them: their functions, their code, the hashes and addresses that follow from them, and transactions. */
@NullMarked
package bulwark.seats.contract;

import org.jspecify.annotations.NullMarked;
