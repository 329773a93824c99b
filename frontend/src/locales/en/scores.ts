export default {
  score: 'Score',
  scoreOf: 'Score of {name}',
  theory: 'Theory',
  theoryOf: 'Theory of {name}',
  practice: 'Practice',
  practiceOf: 'Practice of {name}',
  inParts: 'Theory and practice apart',
  passMarkParts: 'Out of 100, 60 in each part passes; no score fails.',
  passMark: 'Out of 100, 60 passes; no score fails.',
  saveScores: 'Save {n} score | Save {n} scores',
  scoreSheet: 'Score sheet',
  importScores: 'Import scores',
}
