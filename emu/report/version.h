/*
 * version.h - the version that --version and the JSON tell.
 */
#ifndef EMU_REPORT_VERSION_H
#define EMU_REPORT_VERSION_H

#define PAGEWALK_VERSION "0.1.0"

#endif
