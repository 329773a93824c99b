export default {
  title: '统计与快照', rateOf: '{name} 持证率', asOf: '截至 {date} 24:00（北京时间）', rate: '持证率', rule: '口径', ruleAuto: '自动：所在地区当日口径', met: '已达标', gap: '差 {n} 人', noTarget: '未设目标', noRule: '没有适用的口径', target: '目标 ≥ {n}%（{due}）', levels: '等级构成', midHigh: '四级及以上 {n} 人：占在岗 {onPost}%，占持证 {certified}%', uncounted: '未计入的原因', who: '名单', missing: '未持证', certified: '已持证', nobody: '名单是空的', name: '姓名', place: '机构', idNumber: '证件号码', level: '最高等级', why: '未计入原因', since: '在岗起',
  freeze: '固定为快照', frozen: '已固定为快照', snapshots: '快照', snapshotsHint: '固定后不随补录变化', noSnapshots: '还没有快照', noSnapshotsHint: '季末、年末把数字固定下来，多年后重算仍得同一整数。', recompute: '重算核对', same: '重算一致', differs: '重算不一致', indicator: { certification: '持证率', 'data-quality': '数据完善' }, knownAt: '{by} 于 {at} 固定',
}
