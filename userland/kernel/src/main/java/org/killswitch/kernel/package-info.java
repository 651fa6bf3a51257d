/** What the running kernel is and has, as far as killswitch depends on it. */
@NullMarked
package org.killswitch.kernel;

import org.jspecify.annotations.NullMarked;
