/** Property tests look at the same examples in every run: what fails once fails again. */

import fc from "fast-check";

fc.configureGlobal({ seed: 1 });
