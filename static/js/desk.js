// Staff pages: all of app.js, and the smooth parts that need htmx and a keyboard.
import { prepare } from "./app.js";
import { startKeys } from "./keys.js";
import { startSwaps } from "./swaps.js";

startKeys();
startSwaps(prepare);
