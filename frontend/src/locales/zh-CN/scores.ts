export default {
  score: '成绩',
  scoreOf: '{name}的成绩',
  theory: '理论',
  theoryOf: '{name}的理论成绩',
  practice: '实操',
  practiceOf: '{name}的实操成绩',
  inParts: '分理论、实操两项',
  passMarkParts: '满分 100 分，两项都满 60 分合格；没有成绩的不合格。',
  passMark: '满分 100，60 分合格；没有成绩视为不合格。',
  saveScores: '保存 {n} 人的成绩',
  scoreSheet: '下载成绩表',
  importScores: '导入成绩',
}
