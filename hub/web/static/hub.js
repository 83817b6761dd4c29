// A little script of our own: every page works without it.
"use strict";
