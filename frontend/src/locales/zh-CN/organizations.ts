export default {
  title: '机构', one: '机构', new: '登记机构', import: '导入名单', search: '机构名称、拼音或首字母', none: '没有符合条件的机构', noneHint: '换个说法，或取消上面的筛选。', name: '名称', kind: '类别', where: '所在', beds: '核定床位', credit: '统一社会信用代码', state: '状态', open: '开办', closedOn: '{on} 停办', small: '长者照护之家',
  facts: '登记信息', division: '区划代码（6 位）', street: '街镇代码（9 位）', grade: '机构等级', clinic: '内设医疗机构', assessmentCode: '评价机构代码', validity: '有效期', validFrom: '自', validTo: '至', names: '曾用名', editTitle: '修改 {name}', renameHint: '改名从今天起生效；此前的证书和统计仍用旧名。', closing: '停办日期', closingHint: '停办后不能再登记在岗人员和开班。',
  rate: '持证率', gap: '差 {n} 人', met: '已达标', target: '目标 ≥ {n}%', who: '看是谁', hours: '{year} 年课时达标', people: '在岗人员', noLevel: '未持证', seePeople: '看全部人员',
  commissions: '委托培训', commission: '委托学校', noCommissions: '没有委托关系', commissionsHint: '受委托的学校可以导入和报名本机构的人员，并看到他们的学时。', lasting: '有效', ended: '已结束', openEnd: '长期', end: '结束', endHint: '结束后，该学校立即看不到本机构的人员。确定？',
}
