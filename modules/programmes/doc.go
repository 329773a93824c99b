// Package programmes keeps what an office sets out to do: programmes (行动,
// 计划) such as 提质, 达标, 选树, 尖兵 or 年内培训500名, with their time, their
// target in people, and whether they have begun.
//
// Owns: programmes_programmes. Announces: nothing. Hears: nothing.
// Asks: organisations, statistics (how many took part).
//
// A programme belongs to an office and is seen by the offices above it, and by
// everybody beneath it: a school opens its classes for it, a home sees what is
// asked of it. Who took part is counted from completed classes, by statistics;
// heads against the target, attendances beside them (FACTS §7.2). Figures of
// the documents are data of each programme, entered by the office.
package programmes
