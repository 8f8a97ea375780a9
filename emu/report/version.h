/*
 * version.h - the version that --version and the JSON tell, and the number of the JSON's meaning.
 */
#ifndef EMU_REPORT_VERSION_H
#define EMU_REPORT_VERSION_H

#define PAGEWALK_VERSION "0.1.0"

/* Of a report: grows when a name in it changes its meaning. */
enum { REPORT_SCHEMA = 1 };

#endif
